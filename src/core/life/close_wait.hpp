// Closers that wait inside callbacks, and may wait for each other.
//
// A callback of socket A that closes B waits for the callbacks of B. If one of those closes A at the
// same time, it waits for the callback of A, and neither would ever end. A proxy whose two sockets close
// each other does just that. So whoever is about to wait inside a callback looks whether the wait would
// close a circle, and if so detaches its own callback from the socket that is waited for: that closer
// then goes on without waiting for this callback, which is itself inside a close by then.
#pragma once

#include "core/life/callback_frame.hpp"

namespace async_socket::core {

class close_wait {
public:
    // The current thread is about to wait for the calls and callbacks of `target`, and will until the
    // end of the scope. Outside of callbacks this does nothing.
    explicit close_wait(const socket& target) noexcept;
    ~close_wait();
    close_wait(const close_wait&) = delete;
    close_wait& operator=(const close_wait&) = delete;

    // In the child of a fork, which has none of the threads that wait.
    static void forget_all() noexcept;

private:
    // True if a chain of waiting closers leads from `waited_for` to a callback that this one is in,
    // whose socket is then *circle_end.
    bool leads_back(const socket& waited_for, const socket** circle_end) noexcept;

    const socket& target_;
    callback_frame* const frames_; // null outside of callbacks
    bool visited_ = false;         // by the search that is under way
    close_wait* next_ = nullptr;
};

} // namespace async_socket::core
