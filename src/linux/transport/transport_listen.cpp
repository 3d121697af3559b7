// socket_transport_listen and _accept.
#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>

#include "core/log.hpp"
#include "core/shortage.hpp"
#include "core/transport.hpp"
#include "linux/transport/socket_wait.hpp"
#include "linux/transport/transport.hpp"

namespace async_socket::backend {

namespace {

using linux_os::countdown;
using linux_os::readiness;
using linux_os::unique_fd;

constexpr short no_event = 0; // but for the hang-up with which a disconnect ends a wait

bool set_option(int socket, int level, int option, int value) noexcept
{
    return ::setsockopt(socket, level, option, &value, sizeof value) == 0;
}

// Non-blocking, because a connection can go away between the wait for it and the accept.
unique_fd tcp_socket(int family) noexcept
{
    unique_fd socket(::socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, IPPROTO_TCP));
    // A restarted server gets its port although old connections linger; a second listener does not get
    // it on Linux.
    if (socket && !set_option(socket.get(), SOL_SOCKET, SO_REUSEADDR, 1)) {
        socket.reset();
    }
    return socket;
}

bool bind_to(int socket, const sockaddr* address, socklen_t size) noexcept
{
    return ::bind(socket, address, size) == 0;
}

unique_fd bind_both_families(std::uint16_t port) noexcept
{
    unique_fd both = tcp_socket(AF_INET6);
    sockaddr_in6 any{};
    any.sin6_family = AF_INET6;
    any.sin6_port = htons(port);
    if (both && !(set_option(both.get(), IPPROTO_IPV6, IPV6_V6ONLY, 0) &&
                  bind_to(both.get(), reinterpret_cast<const sockaddr*>(&any), sizeof any))) {
        both.reset();
    }
    return both;
}

unique_fd bind_ipv4(std::uint16_t port) noexcept
{
    unique_fd only4 = tcp_socket(AF_INET);
    sockaddr_in any{};
    any.sin_family = AF_INET;
    any.sin_port = htons(port);
    if (only4 && !bind_to(only4.get(), reinterpret_cast<const sockaddr*>(&any), sizeof any)) {
        only4.reset();
    }
    return only4;
}

// A socket for both families; for IPv4 alone where the machine has no IPv6, and not because descriptors
// or memory were out for a moment: nobody would notice. Empty, with errno set, on a failure.
unique_fd bind_all_interfaces(std::uint16_t port) noexcept
{
    unique_fd both = bind_both_families(port);
    const bool has_no_ipv6 = !both && (errno == EAFNOSUPPORT || errno == EADDRNOTAVAIL);
    return has_no_ipv6 ? bind_ipv4(port) : std::move(both);
}

// The connection that was next has gone wrong before it was accepted; the listener has not.
bool is_of_the_connection(int error) noexcept
{
    switch (error) {
    case EINTR:
    case ECONNABORTED:
    case EPERM: // a firewall's rule
    case EPROTO:
    case ENOPROTOOPT:
    case ENETDOWN:
    case ENETUNREACH:
    case EHOSTDOWN:
    case EHOSTUNREACH:
    case ENONET:
        return true;
    default:
        return false;
    }
}

// The connection that was next waits on until there are descriptors, or memory, for it.
bool is_shortage(int error) noexcept
{
    return error == EMFILE || error == ENFILE || error == ENOBUFS || error == ENOMEM;
}

SOCKET_ACCEPT_RESULT give_up(transport& transport, int error) noexcept
{
    if (transport.life().is_open()) { // otherwise a disconnect ended the wait
        LOG_WARNING_CODE(error, "socket_transport_accept");
    }
    return SOCKET_ACCEPT_ERROR;
}

void tell_of_shortage(transport& transport, int error) noexcept
{
    if (transport.shortage().begin()) {
        LOG_WARNING_CODE(error, "socket_transport_accept: no room for a connection, which waits on");
    }
}

SOCKET_ACCEPT_RESULT adopt(unique_fd socket, transport** accepted) noexcept
{
    *accepted = transport_adopt(socket.get());
    if (*accepted == nullptr) {
        return SOCKET_ACCEPT_ERROR;
    }
    (void)socket.release();
    return SOCKET_ACCEPT_OK;
}

} // namespace

bool transport_listen(transport& transport, std::uint16_t port) noexcept
{
    if (!transport.begin_open()) {
        LOG_ERROR("socket_transport_listen: already listening");
        return false;
    }
    unique_fd socket = bind_all_interfaces(port);
    if (socket && ::listen(socket.get(), SOMAXCONN) != 0) {
        socket.reset();
    }
    const bool listening = static_cast<bool>(socket);
    if (!listening) {
        LOG_ERROR_CODE(errno, "cannot listen on port %u", static_cast<unsigned>(port));
    }
    transport.end_open(std::move(socket));
    return listening;
}

SOCKET_ACCEPT_RESULT transport_accept(transport& transport, class transport** accepted,
                                      std::uint32_t timeout_ms) noexcept
{
    const core::lifecycle::visit visit(transport.life());
    if (!visit.is_inside()) {
        return SOCKET_ACCEPT_ERROR;
    }
    const countdown time(timeout_ms);
    core::back_off pauses;
    for (;;) {
        // Linux: what is accepted blocks, whatever the listening socket does.
        unique_fd socket(::accept4(transport.socket(), nullptr, nullptr, SOCK_CLOEXEC));
        if (socket) {
            transport.shortage().end();
            return adopt(std::move(socket), accepted);
        }
        const int error = errno;
        if (is_of_the_connection(error)) {
            if (time.left_ms() != 0) {
                continue;
            }
            return SOCKET_ACCEPT_NO_CONNECTION; // or a system that refuses every one would keep us for ever
        }
        if (!is_shortage(error) && error != EAGAIN && error != EWOULDBLOCK) {
            return give_up(transport, error);
        }
        // Descriptors are asked for before the queue is looked at, so a shortage does not say that anybody waits.
        readiness result = linux_os::wait_ready(transport.socket(), POLLIN, time);
        if (result != readiness::ready) {
            return result == readiness::timed_out ? SOCKET_ACCEPT_NO_CONNECTION : give_up(transport, errno);
        }
        if (is_shortage(error)) { // LINUX_16_001
            tell_of_shortage(transport, error);
            if (time.left_ms() == 0) {
                return SOCKET_ACCEPT_PORT_EXHAUSTION;
            }
            const countdown pause(std::min(pauses.next_ms(), time.left_ms()));
            result = linux_os::wait_ready(transport.socket(), no_event, pause);
            if (result != readiness::timed_out) {
                return give_up(transport, errno);
            }
        }
    }
}

} // namespace async_socket::backend
