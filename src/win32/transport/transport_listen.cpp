// What socket_transport_listen and _accept need of the system.
#include <algorithm>

#include "win32/system/winsock.hpp"
#include "win32/transport/transport.hpp"

namespace async_socket::backend {

namespace {

// Wine was seen to leave two accepting threads asleep although connections were waiting.
constexpr std::uint32_t look_again_ms = 100;

bool bind_both(SOCKET socket, std::uint16_t port) noexcept
{
    sockaddr_in6 any{};
    any.sin6_family = AF_INET6;
    any.sin6_port = htons(port);
    return win32::set_number(socket, IPPROTO_IPV6, IPV6_V6ONLY, FALSE) &&
           ::bind(socket, reinterpret_cast<const sockaddr*>(&any), sizeof any) == 0;
}

bool bind_ipv4(SOCKET socket, std::uint16_t port) noexcept
{
    sockaddr_in any{};
    any.sin_family = AF_INET;
    any.sin_port = htons(port);
    return ::bind(socket, reinterpret_cast<const sockaddr*>(&any), sizeof any) == 0;
}

} // namespace

unique_socket listen_at(core::transport& transport, families which, std::uint16_t port) noexcept
{
    const bool is_both = which == families::both;
    win32::unique_event connection_waits(CreateEventW(nullptr, FALSE, FALSE, nullptr));
    if (!connection_waits) {
        return {};
    }
    unique_socket socket = win32::own(WSASocketW(is_both ? AF_INET6 : AF_INET, SOCK_STREAM, IPPROTO_TCP, nullptr, 0,
                                                 WSA_FLAG_OVERLAPPED | WSA_FLAG_NO_HANDLE_INHERIT));
    const SOCKET made = win32::to_socket(socket.get());
    // SO_EXCLUSIVEADDRUSE: Windows would let another program take the port over. WSAEventSelect also makes the socket
    // non-blocking.
    if (socket && win32::set_number(made, SOL_SOCKET, SO_EXCLUSIVEADDRUSE, TRUE) &&
        (is_both ? bind_both : bind_ipv4)(made, port) && WSAEventSelect(made, connection_waits.get(), FD_ACCEPT) == 0 &&
        ::listen(made, SOMAXCONN) == 0) {
        transport::of(transport).connection_waits() = std::move(connection_waits);
        return socket;
    }
    socket.reset();
    return socket;
}

bool is_without_ipv6(std::uint32_t code) noexcept
{
    return code == WSAEAFNOSUPPORT || code == WSAEADDRNOTAVAIL || code == WSAENOPROTOOPT;
}

unique_socket accept_next(core::transport& transport) noexcept
{
    unique_socket socket = win32::own(::accept(win32::to_socket(transport.socket().get()), nullptr, nullptr));
    if (!socket) {
        return socket;
    }
    // It has the listening socket's mode and event, but not its protection. (A process that another thread starts
    // before this may inherit it all the same.) Sockets of a layered provider may be no handles, and have none.
    (void)SetHandleInformation(reinterpret_cast<HANDLE>(win32::to_socket(socket.get())), HANDLE_FLAG_INHERIT, 0);
    if (!win32::make_plain(win32::to_socket(socket.get()))) {
        socket.reset();
    }
    return socket;
}

accept_problem problem_of(std::uint32_t code) noexcept
{
    switch (code) {
    case WSAEWOULDBLOCK:
    case WSAECONNRESET:
        return accept_problem::nobody;
    case WSAENOBUFS:
    case WSAEMFILE:
        return accept_problem::no_room;
    case WSAEINPROGRESS:
        return accept_problem::in_progress;
    default:
        return accept_problem::failed;
    }
}

bool wait_for_connection(core::transport& transport, std::uint32_t timeout_ms) noexcept
{
    const HANDLE connection_waits = transport::of(transport).connection_waits().get();
    const DWORD result = WaitForSingleObject(connection_waits, std::min(timeout_ms, look_again_ms));
    if (!transport.is_open()) {
        (void)SetEvent(connection_waits); // the end's, which wakes one that waits: for the next
    }
    return result != WAIT_FAILED;
}

} // namespace async_socket::backend
