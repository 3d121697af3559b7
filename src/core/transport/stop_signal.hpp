// Lets a disconnect end the connect that another thread is in.
#pragma once

#include <optional>

#include "core/lock.hpp"
#include "core/transport/system_calls.hpp"

namespace async_socket::core {

class stop_signal {
public:
    stop_signal() = default;
    stop_signal(const stop_signal&) = delete;
    stop_signal& operator=(const stop_signal&) = delete;

    // By the connecting thread. A stop counts from begin to end only.
    void begin() noexcept;
    // False if it was stopped, perhaps a moment after the connection.
    [[nodiscard]] bool end() noexcept;
    [[nodiscard]] bool is_raised() noexcept;

    // By any thread.
    void raise() noexcept;

    // While it lives, a stop wakes whoever waits for `waited_for`, which is closed later.
    class watch {
    public:
        watch(stop_signal& signal, backend::wait_handle waited_for) noexcept
            : signal_(signal), may_go_on_(signal.set_waited_for(waited_for))
        {
        }
        ~watch() { (void)signal_.set_waited_for(std::nullopt); }
        watch(const watch&) = delete;
        watch& operator=(const watch&) = delete;

        // False: it was raised before.
        [[nodiscard]] bool may_go_on() const noexcept { return may_go_on_; }

    private:
        stop_signal& signal_;
        const bool may_go_on_;
    };

private:
    enum class state { idle, begun, raised };

    [[nodiscard]] bool set_waited_for(std::optional<backend::wait_handle> handle) noexcept;

    lock lock_;
    state state_ = state::idle;
    std::optional<backend::wait_handle> waited_for_;
};

} // namespace async_socket::core
