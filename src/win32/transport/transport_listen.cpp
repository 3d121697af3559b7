// socket_transport_listen and _accept.
#include <algorithm>

#include "core/log.hpp"
#include "core/shortage.hpp"
#include "core/transport.hpp"
#include "win32/transport/transport.hpp"

namespace async_socket::backend {

namespace {

win32::unique_socket tcp_socket(int family) noexcept
{
    constexpr DWORD flags = WSA_FLAG_OVERLAPPED | WSA_FLAG_NO_HANDLE_INHERIT;
    win32::unique_socket socket(WSASocketW(family, SOCK_STREAM, IPPROTO_TCP, nullptr, 0, flags));
    // Windows would let another program take the port over.
    const BOOL yes = TRUE;
    if (socket && setsockopt(socket.get(), SOL_SOCKET, SO_EXCLUSIVEADDRUSE, reinterpret_cast<const char*>(&yes),
                             sizeof yes) != 0) {
        socket.reset();
    }
    return socket;
}

bool take_ipv4_too(SOCKET ipv6_socket) noexcept
{
    const DWORD no = 0;
    return setsockopt(ipv6_socket, IPPROTO_IPV6, IPV6_V6ONLY, reinterpret_cast<const char*>(&no), sizeof no) == 0;
}

// A socket for both families; for IPv4 alone where the machine has no IPv6. Empty if the port is taken.
win32::unique_socket bind_all_interfaces(std::uint16_t port) noexcept
{
    win32::unique_socket both = tcp_socket(AF_INET6);
    if (both && take_ipv4_too(both.get())) {
        sockaddr_in6 any{};
        any.sin6_family = AF_INET6;
        any.sin6_port = htons(port);
        if (::bind(both.get(), reinterpret_cast<const sockaddr*>(&any), sizeof any) == 0) {
            return both;
        }
        if (WSAGetLastError() != WSAEADDRNOTAVAIL) {
            return {};
        }
    }
    win32::unique_socket only4 = tcp_socket(AF_INET);
    sockaddr_in any{};
    any.sin_family = AF_INET;
    any.sin_port = htons(port);
    if (only4 && ::bind(only4.get(), reinterpret_cast<const sockaddr*>(&any), sizeof any) != 0) {
        only4.reset();
    }
    return only4;
}

SOCKET_ACCEPT_RESULT result_of(int error) noexcept
{
    return error == WSAEINPROGRESS ? SOCKET_ACCEPT_INPROGRESS : SOCKET_ACCEPT_ERROR;
}

// The connection that was next waits on until there are handles, or memory, for it.
bool is_shortage(int error) noexcept
{
    return error == WSAENOBUFS || error == WSAEMFILE;
}

// The connection that was next went before it was accepted, or there is none.
bool nobody_is_there(int error) noexcept
{
    return error == WSAEWOULDBLOCK || error == WSAECONNRESET;
}

// Wine was seen to leave two accepting threads asleep although connections were waiting.
constexpr DWORD look_again_ms = 100;

// Sleeps until a connection may be there, the disconnect comes or the time is over. False: the disconnect came, or
// the wait failed.
bool wait_for_connection(transport& transport, ULONGLONG timeout_ms) noexcept
{
    const HANDLE events[] = {transport.stop().event(), transport.connection_waits().get()};
    const DWORD woken = WaitForMultipleObjects(2, events, FALSE, static_cast<DWORD>(timeout_ms));
    return woken == WAIT_OBJECT_0 + 1 || woken == WAIT_TIMEOUT;
}

// The same, while there is no room for the connection that waits.
bool wait_for_room(transport& transport, ULONGLONG timeout_ms) noexcept
{
    return WaitForSingleObject(transport.stop().event(), static_cast<DWORD>(timeout_ms)) == WAIT_TIMEOUT;
}

void tell_of_shortage(transport& transport, int error) noexcept
{
    if (transport.shortage().begin()) {
        LOG_WARNING_CODE(error, "socket_transport_accept: no room for a connection, which waits on");
    }
}

SOCKET_ACCEPT_RESULT adopt(win32::unique_socket socket, transport** accepted) noexcept
{
    if (!make_plain(socket.get())) {
        LOG_ERROR_CODE(WSAGetLastError(), "socket_transport_accept");
        return SOCKET_ACCEPT_ERROR;
    }
    *accepted = transport_adopt(reinterpret_cast<SOCKET_HANDLE>(socket.get()));
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
    win32::unique_event connection_waits(CreateEventW(nullptr, FALSE, FALSE, nullptr));
    win32::unique_socket socket = bind_all_interfaces(port);
    // WSAEventSelect also makes the socket non-blocking.
    const bool listening = connection_waits && socket &&
                           WSAEventSelect(socket.get(), connection_waits.get(), FD_ACCEPT) == 0 &&
                           ::listen(socket.get(), SOMAXCONN) == 0 && transport.stop().prepare();
    if (listening) {
        transport.socket() = std::move(socket);
        transport.connection_waits() = std::move(connection_waits);
    } else {
        LOG_ERROR_CODE(WSAGetLastError(), "cannot listen on port %u", static_cast<unsigned>(port));
    }
    transport.end_open(listening);
    return listening;
}

SOCKET_ACCEPT_RESULT transport_accept(transport& transport, class transport** accepted,
                                      std::uint32_t timeout_ms) noexcept
{
    const core::lifecycle::visit visit(transport.life());
    if (!visit.is_inside()) {
        return SOCKET_ACCEPT_ERROR;
    }
    const ULONGLONG begin = GetTickCount64();
    core::back_off pauses;
    for (;;) {
        win32::unique_socket socket(::accept(transport.socket().get(), nullptr, nullptr));
        if (socket) {
            transport.shortage().end();
            return adopt(std::move(socket), accepted);
        }
        const int error = WSAGetLastError();
        const bool is_short = is_shortage(error);
        if (!is_short && !nobody_is_there(error)) {
            LOG_WARNING_CODE(error, "socket_transport_accept");
            return result_of(error);
        }
        if (is_short) {
            tell_of_shortage(transport, error);
        }
        const ULONGLONG waited = GetTickCount64() - begin;
        if (waited >= timeout_ms) {
            return is_short ? SOCKET_ACCEPT_PORT_EXHAUSTION : SOCKET_ACCEPT_NO_CONNECTION;
        }
        const ULONGLONG left = timeout_ms - waited;
        const bool goes_on = is_short ? wait_for_room(transport, std::min<ULONGLONG>(left, pauses.next_ms()))
                                      : wait_for_connection(transport, std::min<ULONGLONG>(left, look_again_ms));
        if (!goes_on) {
            return SOCKET_ACCEPT_ERROR;
        }
    }
}

} // namespace async_socket::backend
