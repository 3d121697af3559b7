// Lets a disconnect end the connect that another thread is in.
#pragma once

#include <optional>

#include "core/common/lock.hpp"
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

    // While it lives, a stop wakes the connecting thread, which waits for `waited_for`; that is closed later.
    class stoppable_wait {
    public:
        stoppable_wait(stop_signal& signal, backend::wait_handle waited_for) noexcept
            : signal_(signal), may_begin_(signal.set_waited_for(waited_for))
        {
        }
        ~stoppable_wait() { (void)signal_.set_waited_for(std::nullopt); }
        stoppable_wait(const stoppable_wait&) = delete;
        stoppable_wait& operator=(const stoppable_wait&) = delete;

        // False: it was raised before.
        [[nodiscard]] bool may_begin() const noexcept { return may_begin_; }

    private:
        stop_signal& signal_;
        const bool may_begin_;
    };

private:
    enum class state { idle, begun, raised };

    [[nodiscard]] bool set_waited_for(std::optional<backend::wait_handle> handle) noexcept;

    lock lock_;
    state state_ = state::idle;
    std::optional<backend::wait_handle> waited_for_;
};

} // namespace async_socket::core
