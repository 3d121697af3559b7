#include "linux/transport/connect_attempt.hpp"

#include <sys/socket.h>

#include <cerrno>

#include "core/last_error.hpp"

namespace async_socket::linux_os {

void connect_attempt::begin() noexcept
{
    const core::lock::scope scope(lock_);
    active_ = true;
    cancelled_ = false;
}

bool connect_attempt::watch(int socket) noexcept
{
    const core::lock::scope scope(lock_);
    socket_ = socket;
    if (cancelled_) {
        errno = ECANCELED;
    }
    return !cancelled_;
}

bool connect_attempt::end() noexcept
{
    const core::lock::scope scope(lock_);
    active_ = false;
    if (cancelled_) {
        errno = ECANCELED;
    }
    return !cancelled_;
}

void connect_attempt::cancel() noexcept
{
    const core::lock::scope scope(lock_);
    if (!active_) {
        return;
    }
    cancelled_ = true;
    if (socket_ != -1) {
        // Wakes whoever waits for the connection. Under the lock, so that it is not closed yet.
        const backend::last_error_guard keep;
        (void)::shutdown(socket_, SHUT_RDWR);
    }
}

} // namespace async_socket::linux_os
