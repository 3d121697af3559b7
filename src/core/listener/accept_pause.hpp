// The pauses of a listener that could take nobody: because the system has no room for a connection, which waits on, or
// because too many in a row went wrong before they were taken. An alarm of the engine's ends them.
#pragma once

#include <cstdint>

#include "core/common/shortage.hpp"
#include "core/engine/engine_operation.hpp"
#include "core/time/operation_alarm.hpp"

namespace async_socket::core {

class accept_pause {
public:
    // On whatever thread tells the time, without a lock: a pause is over. It has to be noted (note_over).
    using over_function = void (*)(void* context) noexcept;

    accept_pause() = default;
    accept_pause(const accept_pause&) = delete;
    accept_pause& operator=(const accept_pause&) = delete;

    // Once, first. The engine has prepared its alarms, and lasts until the close has returned.
    void open(execution_engine& engine, over_function over, void* target) noexcept;
    // None is begun any more. When this returns `over` is not called any more, and nobody is in it.
    void close() noexcept;

    // Under a lock of the listener's:

    [[nodiscard]] bool is_under_way() const noexcept { return is_under_way_; }
    void note_over() noexcept { is_under_way_ = false; }

    // The system has no room for the connection that is next. Begins a pause, a longer one each time. The first of
    // several is a warning. LINUX_16_001
    void note_shortage(std::uint32_t code) noexcept;
    // A connection went wrong before it was taken.
    void note_lost() noexcept;
    // The same. Begins a short pause if that is one of many in a row.
    void note_failure() noexcept;
    // One was taken.
    void note_success() noexcept;

private:
    class waiting : public engine_operation {
    public:
        waiting(execution_engine& engine, over_function over, void* target) noexcept;

    private:
        static void stop(engine_operation& self, ending why) noexcept;

        const over_function over_;
    };
    static_assert(fits_before_alarm<waiting>);

    [[nodiscard]] waiting& operation() noexcept { return *static_cast<waiting*>(static_cast<void*>(&memory_)); }
    // Unless one is under way.
    void begin(std::uint32_t time_ms) noexcept;

    as_operation memory_{};
    bool is_under_way_ = false;
    std::uint32_t failures_ = 0; // in a row
    shortage shortage_;
    back_off lengths_;
};

} // namespace async_socket::core
