// socket_transport_connect: a name to a connected socket, within a time.
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <cerrno>
#include <cstdio>

#include "core/log.hpp"
#include "core/transport.hpp"
#include "linux/transport/address_list.hpp"
#include "linux/transport/self_connection.hpp"
#include "linux/transport/socket_wait.hpp"
#include "linux/transport/transport.hpp"

namespace async_socket::backend {

namespace {

using linux_os::connect_attempt;
using linux_os::countdown;
using linux_os::readiness;
using linux_os::unique_address_list;
using linux_os::unique_fd;

unique_address_list resolve(const char* host, std::uint16_t port) noexcept
{
    char service[8];
    (void)std::snprintf(service, sizeof service, "%u", static_cast<unsigned>(port));
    addrinfo hints{};
    hints.ai_family = AF_UNSPEC;
    hints.ai_socktype = SOCK_STREAM;
    hints.ai_protocol = IPPROTO_TCP;
    addrinfo* list = nullptr;
    const int error = getaddrinfo(host, service, &hints, &list);
    if (error != 0) {
        LOG_WARNING("cannot resolve %s: error %d (%s)", host, error, ::gai_strerror(error));
        return {};
    }
    return unique_address_list(list);
}

bool set_blocking(int socket) noexcept
{
    const int flags = ::fcntl(socket, F_GETFL);
    return flags != -1 && ::fcntl(socket, F_SETFL, flags & ~O_NONBLOCK) != -1;
}

// 0 when the connect that was begun on a non-blocking socket succeeded, its error otherwise.
int wait_connected(int socket, std::uint32_t timeout_ms) noexcept
{
    switch (linux_os::wait_ready(socket, POLLOUT, countdown(timeout_ms))) {
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

// Empty, with errno set, on a failure.
unique_fd connect_to(const addrinfo& address, std::uint32_t timeout_ms, connect_attempt& attempt) noexcept
{
    unique_fd socket(
        ::socket(address.ai_family, address.ai_socktype | SOCK_NONBLOCK | SOCK_CLOEXEC, address.ai_protocol));
    if (!socket) {
        return {};
    }
    int error = 0;
    {
        const linux_os::watched_socket watched(attempt, socket.get());
        error = watched.may_go_on() ? connect_within(socket.get(), address, timeout_ms) : ECANCELED;
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

std::uint32_t count(const addrinfo* list) noexcept
{
    std::uint32_t addresses = 0;
    for (; list != nullptr; list = list->ai_next) {
        ++addresses;
    }
    return addresses;
}

// Tries one address after the other. Each gets its share of the time that is left, so that one that
// does not answer leaves some for the next; the time that a refused one did not use is theirs too.
unique_fd connect_to_any(const addrinfo* list, std::uint32_t timeout_ms, connect_attempt& attempt) noexcept
{
    const countdown time(timeout_ms);
    for (; list != nullptr; list = list->ai_next) {
        unique_fd socket = connect_to(*list, time.left_ms() / count(list), attempt);
        if (socket) {
            return socket;
        }
    }
    return {};
}

} // namespace

bool transport_connect(transport& transport, const char* host, std::uint16_t port, std::uint32_t timeout_ms) noexcept
{
    if (!transport.begin_open()) {
        LOG_ERROR("socket_transport_connect: connected already, or used by an open async socket");
        return false;
    }
    transport.attempt().begin();
    const unique_address_list list = resolve(host, port);
    unique_fd socket = connect_to_any(list.get(), timeout_ms, transport.attempt());
    if (!transport.attempt().end()) {
        socket.reset();
    }
    if (list && !socket) {
        LOG_WARNING_CODE(errno, "cannot connect to %s port %u", host, static_cast<unsigned>(port));
    }
    const bool connected = static_cast<bool>(socket);
    transport.end_open(std::move(socket));
    return connected;
}

} // namespace async_socket::backend
