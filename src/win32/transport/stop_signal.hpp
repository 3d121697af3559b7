// Lets one thread end the wait of another.
#pragma once

#include "win32/system/srw_lock.hpp"
#include "win32/system/unique_handle.hpp"

namespace async_socket::win32 {

class stop_signal {
public:
    // By who is going to wait. False, with the last error set, if the system has no event.
    [[nodiscard]] bool prepare() noexcept;
    // By who waits, between prepare and clear: becomes, and stays, set when it is raised.
    [[nodiscard]] HANDLE event() const noexcept { return event_.get(); }
    // By who has waited.
    void clear() noexcept;

    // By any thread. Without effect while nobody is prepared.
    void raise() noexcept;
    // Since the last `prepare`, before the last `clear`.
    [[nodiscard]] bool was_raised() noexcept;

private:
    srw_lock lock_;
    unique_event event_;
    bool raised_ = false;
};

} // namespace async_socket::win32
