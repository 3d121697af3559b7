#include "linux/transport/accept.hpp"

#include <sys/socket.h>

#include <cerrno>

#include "linux/system/error.hpp"
#include "linux/transport/socket_wait.hpp"

namespace async_socket::linux_os {

int accept_from(int listening, int flags) noexcept
{
    const int accepted = ::accept4(listening, nullptr, nullptr, flags);
    // Descriptors are asked for before the queue is looked at, so a shortage does not say that anybody waits.
    const int error = errno;
    if (accepted < 0 && is_shortage(error)) {
        const readiness result = wait_ready(listening, POLLIN, core::countdown(0));
        errno = result == readiness::timed_out ? EAGAIN : error;
    }
    return accepted;
}

} // namespace async_socket::linux_os
