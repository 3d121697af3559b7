// Before windows.h, which would bring the first Winsock otherwise.
#include <winsock2.h>

#include <ws2tcpip.h>

#include <memory>

#include "common/system_socket.hpp"

namespace tools::system_socket {

namespace {

using unique_address_list = std::unique_ptr<addrinfo, decltype(&freeaddrinfo)>;

SOCKET native(SOCKET_HANDLE socket)
{
    return reinterpret_cast<SOCKET>(socket);
}

SOCKET_HANDLE portable(SOCKET socket)
{
    return reinterpret_cast<SOCKET_HANDLE>(socket);
}

template <typename Value>
bool set_option(SOCKET socket, int level, int name, const Value& value)
{
    return setsockopt(socket, level, name, reinterpret_cast<const char*>(&value), sizeof value) == 0;
}

bool set_blocking(SOCKET socket, bool blocking)
{
    u_long non_blocking = blocking ? 0 : 1;
    return ioctlsocket(socket, static_cast<long>(FIONBIO), &non_blocking) == 0;
}

unique_address_list resolve(const endpoint& address)
{
    addrinfo hints{};
    hints.ai_flags = AI_PASSIVE;
    hints.ai_socktype = SOCK_STREAM;
    addrinfo* list = nullptr;
    // The IPv6 "any" address takes IPv4 connections too.
    const char* const host = address.host.empty() ? "::" : address.host.c_str();
    const int error = getaddrinfo(host, std::to_string(address.port).c_str(), &hints, &list);
    if (error != 0) {
        WSASetLastError(error);
    }
    return {list, &freeaddrinfo};
}

// In our words: not every system and compiler has a text for the errors of sockets.
std::string describe(int error)
{
    switch (error) {
    case WSAEADDRINUSE:
        return "the port is in use";
    case WSAEADDRNOTAVAIL:
        return "not an address of this machine";
    case WSAEACCES:
        return "the port is in use, or not allowed";
    case WSAHOST_NOT_FOUND:
        return "no such host";
    default:
        return "error " + std::to_string(error);
    }
}

// INVALID_SOCKET on failure, with the last error set.
SOCKET listen_on(const addrinfo& address)
{
    const SOCKET socket = ::socket(address.ai_family, SOCK_STREAM, IPPROTO_TCP);
    const BOOL yes = TRUE;
    const DWORD no = 0;
    const bool both_families = address.ai_family != AF_INET6 || set_option(socket, IPPROTO_IPV6, IPV6_V6ONLY, no);
    // Exclusive: otherwise another program could take the port over.
    if (both_families && set_option(socket, SOL_SOCKET, SO_EXCLUSIVEADDRUSE, yes) && set_blocking(socket, false) &&
        bind(socket, address.ai_addr, static_cast<int>(address.ai_addrlen)) == 0 && ::listen(socket, SOMAXCONN) == 0) {
        return socket;
    }
    const int error = WSAGetLastError();
    closesocket(socket);
    WSASetLastError(error);
    return INVALID_SOCKET;
}

endpoint numeric(const sockaddr_storage& address, int size)
{
    char host[NI_MAXHOST] = "";
    char port[NI_MAXSERV] = "0";
    (void)getnameinfo(reinterpret_cast<const sockaddr*>(&address), size, host, sizeof host, port, sizeof port,
                      NI_NUMERICHOST | NI_NUMERICSERV);
    return {host, static_cast<std::uint16_t>(std::stoul(port))};
}

} // namespace

bool start()
{
    WSADATA data;
    return WSAStartup(MAKEWORD(2, 2), &data) == 0;
}

listen_result listen(const endpoint& address)
{
    const unique_address_list list = resolve(address);
    for (const addrinfo* each = list.get(); each != nullptr; each = each->ai_next) {
        const SOCKET socket = listen_on(*each);
        if (socket != INVALID_SOCKET) {
            return {portable(socket), {}};
        }
    }
    const int error = WSAGetLastError();
    if (address.host.empty() && error == WSAEAFNOSUPPORT) {
        return listen({"0.0.0.0", address.port}); // a machine without IPv6
    }
    return {std::nullopt, describe(error)};
}

endpoint local_address(SOCKET_HANDLE socket)
{
    sockaddr_storage address{};
    int size = sizeof address;
    const bool known = getsockname(native(socket), reinterpret_cast<sockaddr*>(&address), &size) == 0;
    return known ? numeric(address, size) : endpoint();
}

endpoint peer_address(SOCKET_HANDLE socket)
{
    sockaddr_storage address{};
    int size = sizeof address;
    const bool known = getpeername(native(socket), reinterpret_cast<sockaddr*>(&address), &size) == 0;
    return known ? numeric(address, size) : endpoint();
}

bool wait_for_connection(SOCKET_HANDLE listener, std::chrono::milliseconds timeout)
{
    WSAPOLLFD waited{native(listener), POLLRDNORM, 0};
    return WSAPoll(&waited, 1, static_cast<INT>(timeout.count())) != 0;
}

accept_result accept(SOCKET_HANDLE listener)
{
    const SOCKET socket = ::accept(native(listener), nullptr, nullptr);
    if (socket != INVALID_SOCKET) {
        (void)set_blocking(socket, true); // the listener's mode is inherited
        return {portable(socket)};
    }
    const int error = WSAGetLastError();
    const bool went_away = error == WSAEWOULDBLOCK || error == WSAECONNRESET;
    return {std::nullopt, went_away ? accept_error::none_there : accept_error::system};
}

void close(SOCKET_HANDLE socket)
{
    (void)closesocket(native(socket));
}

void send_without_delay(SOCKET_HANDLE socket)
{
    (void)set_option(native(socket), IPPROTO_TCP, TCP_NODELAY, BOOL{TRUE});
}

bool end_sending(SOCKET_HANDLE socket)
{
    return shutdown(native(socket), SD_SEND) == 0;
}

} // namespace tools::system_socket
