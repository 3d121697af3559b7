// What socket_transport_listen and _accept need of the system.
#include <netinet/in.h>
#include <sys/socket.h>

#include <cerrno>

#include "linux/system/error.hpp"
#include "linux/system/number_option.hpp"
#include "linux/transport/accept.hpp"
#include "linux/transport/socket_wait.hpp"
#include "linux/transport/transport.hpp"

namespace async_socket::backend {

namespace {

using linux_os::readiness;

bool bind_both(int socket, std::uint16_t port) noexcept
{
    sockaddr_in6 any{};
    any.sin6_family = AF_INET6;
    any.sin6_port = htons(port);
    return linux_os::set_number(socket, IPPROTO_IPV6, IPV6_V6ONLY, 0) &&
           ::bind(socket, reinterpret_cast<const sockaddr*>(&any), sizeof any) == 0;
}

bool bind_ipv4(int socket, std::uint16_t port) noexcept
{
    sockaddr_in any{};
    any.sin_family = AF_INET;
    any.sin_port = htons(port);
    return ::bind(socket, reinterpret_cast<const sockaddr*>(&any), sizeof any) == 0;
}

} // namespace

unique_socket listen_at(core::transport& /*transport*/, families which, std::uint16_t port) noexcept
{
    const bool is_both = which == families::both;
    // Non-blocking, because a connection can go away between the wait for it and the accept.
    unique_socket socket(
        ::socket(is_both ? AF_INET6 : AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, IPPROTO_TCP));
    // SO_REUSEADDR: a restarted server gets its port although old connections linger; a second listener does not get
    // it on Linux.
    if (socket && !(linux_os::set_number(socket.get(), SOL_SOCKET, SO_REUSEADDR, 1) &&
                    (is_both ? bind_both : bind_ipv4)(socket.get(), port) && ::listen(socket.get(), SOMAXCONN) == 0)) {
        socket.reset();
    }
    return socket;
}

bool is_without_ipv6(std::uint32_t code) noexcept
{
    return code == EAFNOSUPPORT || code == EADDRNOTAVAIL;
}

// Linux: what is accepted blocks, whatever the listening socket does.
unique_socket accept_next(core::transport& transport) noexcept
{
    return unique_socket(linux_os::accept_from(transport.socket().get(), SOCK_CLOEXEC));
}

accept_problem problem_of(std::uint32_t code) noexcept
{
    const int error = static_cast<int>(code);
    if (linux_os::is_shortage(error)) {
        return accept_problem::no_room;
    }
    if (linux_os::is_later(error)) {
        return accept_problem::nobody;
    }
    switch (error) { // of the connection that was next
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
        return accept_problem::nobody;
    default:
        return accept_problem::failed;
    }
}

bool wait_for_connection(core::transport& transport, std::uint32_t timeout_ms) noexcept
{
    return linux_os::wait_ready(transport.socket().get(), POLLIN, core::countdown(timeout_ms)) != readiness::failed;
}

} // namespace async_socket::backend
