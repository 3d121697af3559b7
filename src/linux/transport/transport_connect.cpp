// What socket_transport_connect needs of the system.
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <cerrno>

#include "core/common/log.hpp"
#include "core/transport/stop_signal.hpp"
#include "linux/transport/self_connection.hpp"
#include "linux/transport/socket_wait.hpp"

namespace async_socket::backend {

namespace {

using linux_os::readiness;

bool set_blocking(int socket) noexcept
{
    const int flags = ::fcntl(socket, F_GETFL);
    return flags != -1 && ::fcntl(socket, F_SETFL, flags & ~O_NONBLOCK) != -1;
}

// 0 when the connect that was begun on a non-blocking socket succeeded, its error otherwise.
int wait_connected(int socket, std::uint32_t timeout_ms) noexcept
{
    switch (linux_os::wait_ready(socket, POLLOUT, core::countdown(timeout_ms))) {
    case readiness::timed_out:
        return ETIMEDOUT;
    case readiness::failed:
        return errno;
    default:
        break;
    }
    int error = 0;
    socklen_t size = sizeof error;
    return ::getsockopt(socket, SOL_SOCKET, SO_ERROR, &error, &size) == 0 ? error : errno;
}

// 0, or the error.
int connect_within(int socket, const addrinfo& address, std::uint32_t timeout_ms) noexcept
{
    if (::connect(socket, address.ai_addr, address.ai_addrlen) != 0) {
        // After EINTR the connect goes on, as after EINPROGRESS.
        const int error = errno == EINPROGRESS || errno == EINTR ? wait_connected(socket, timeout_ms) : errno;
        if (error != 0) {
            return error;
        }
    }
    return linux_os::is_connected_to_itself(socket) ? ECONNREFUSED : 0;
}

} // namespace

addrinfo* resolve(const char* host, const char* service) noexcept
{
    addrinfo hints{};
    hints.ai_family = AF_UNSPEC;
    hints.ai_socktype = SOCK_STREAM;
    hints.ai_protocol = IPPROTO_TCP;
    addrinfo* list = nullptr;
    const int error = getaddrinfo(host, service, &hints, &list);
    if (error != 0) {
        LOG_WARNING("cannot resolve %s: error %d (%s)", host, error, ::gai_strerror(error));
        return nullptr;
    }
    return list;
}

const addrinfo* next_of(const addrinfo& address) noexcept
{
    return address.ai_next;
}

void free_addresses(addrinfo* list) noexcept
{
    ::freeaddrinfo(list);
}

void wake(wait_handle waited_for) noexcept
{
    const last_error_guard keep;
    (void)::shutdown(waited_for, SHUT_RDWR);
}

unique_socket connect_to(const addrinfo& address, std::uint32_t timeout_ms, core::stop_signal& stop) noexcept
{
    unique_socket socket(
        ::socket(address.ai_family, address.ai_socktype | SOCK_NONBLOCK | SOCK_CLOEXEC, address.ai_protocol));
    if (!socket) {
        return {};
    }
    int error = ECANCELED;
    {
        const core::stop_signal::stoppable_wait wait(stop, socket.get());
        if (wait.may_begin()) {
            error = connect_within(socket.get(), address, timeout_ms);
        }
    }
    if (error == 0 && !set_blocking(socket.get())) {
        error = errno;
    }
    if (error != 0) {
        errno = error;
        return {};
    }
    return socket;
}

} // namespace async_socket::backend
