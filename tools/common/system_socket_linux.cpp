#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <memory>

#include "common/system_socket.hpp"

namespace tools::system_socket {

namespace {

using unique_address_list = std::unique_ptr<addrinfo, decltype(&freeaddrinfo)>;

bool set_option(int socket, int level, int name, int value)
{
    return setsockopt(socket, level, name, &value, sizeof value) == 0;
}

unique_address_list resolve(const endpoint& address)
{
    addrinfo hints{};
    hints.ai_flags = AI_PASSIVE;
    hints.ai_socktype = SOCK_STREAM;
    addrinfo* list = nullptr;
    // The IPv6 "any" address takes IPv4 connections too.
    const char* const host = address.host.empty() ? "::" : address.host.c_str();
    if (getaddrinfo(host, std::to_string(address.port).c_str(), &hints, &list) != 0) {
        return {nullptr, &freeaddrinfo};
    }
    return {list, &freeaddrinfo};
}

// In the same words as on other systems.
std::string describe(int error)
{
    switch (error) {
    case EADDRINUSE:
        return "the port is in use";
    case EADDRNOTAVAIL:
        return "not an address of this machine";
    case EACCES:
        return "the port is in use, or not allowed";
    default:
        return "error " + std::to_string(error);
    }
}

struct attempt {
    std::optional<SOCKET_HANDLE> socket;
    int error;
};

attempt listen_on(const addrinfo& address)
{
    const int socket = ::socket(address.ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, IPPROTO_TCP);
    if (socket == -1) {
        return {std::nullopt, errno};
    }
    const bool both_families = address.ai_family != AF_INET6 || set_option(socket, IPPROTO_IPV6, IPV6_V6ONLY, 0);
    // A restarted program gets its port although old connections linger.
    if (both_families && set_option(socket, SOL_SOCKET, SO_REUSEADDR, 1) &&
        bind(socket, address.ai_addr, address.ai_addrlen) == 0 && ::listen(socket, SOMAXCONN) == 0) {
        return {socket, 0};
    }
    const int error = errno;
    close(socket);
    return {std::nullopt, error};
}

endpoint numeric(const sockaddr_storage& address, socklen_t size)
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
    return true;
}

listen_result listen(const endpoint& address)
{
    const unique_address_list list = resolve(address);
    if (!list) {
        return {std::nullopt, "no such host"};
    }
    int error = 0;
    for (const addrinfo* each = list.get(); each != nullptr; each = each->ai_next) {
        const attempt tried = listen_on(*each);
        if (tried.socket) {
            return {tried.socket, {}};
        }
        error = tried.error;
    }
    if (address.host.empty() && (error == EAFNOSUPPORT || error == EADDRNOTAVAIL)) {
        return listen({"0.0.0.0", address.port}); // a machine without IPv6
    }
    return {std::nullopt, describe(error)};
}

endpoint local_address(SOCKET_HANDLE socket)
{
    sockaddr_storage address{};
    socklen_t size = sizeof address;
    const bool known = getsockname(socket, reinterpret_cast<sockaddr*>(&address), &size) == 0;
    return known ? numeric(address, size) : endpoint();
}

endpoint peer_address(SOCKET_HANDLE socket)
{
    sockaddr_storage address{};
    socklen_t size = sizeof address;
    const bool known = getpeername(socket, reinterpret_cast<sockaddr*>(&address), &size) == 0;
    return known ? numeric(address, size) : endpoint();
}

bool wait_for_connection(SOCKET_HANDLE listener, std::chrono::milliseconds timeout)
{
    pollfd waited{listener, POLLIN, 0};
    return poll(&waited, 1, static_cast<int>(timeout.count())) > 0; // a signal may end it early
}

accept_result accept(SOCKET_HANDLE listener)
{
    const int socket = accept4(listener, nullptr, nullptr, SOCK_CLOEXEC); // blocking, unlike the listener
    if (socket != -1) {
        return {socket};
    }
    switch (errno) {
    case EMFILE:
    case ENFILE:
    case ENOBUFS:
    case ENOMEM:
        return {std::nullopt, accept_error::system};
    default: // it went away before it was accepted
        return {std::nullopt, accept_error::none_there};
    }
}

void close(SOCKET_HANDLE socket)
{
    (void)::close(socket);
}

void send_without_delay(SOCKET_HANDLE socket)
{
    (void)set_option(socket, IPPROTO_TCP, TCP_NODELAY, 1);
}

bool end_sending(SOCKET_HANDLE socket)
{
    return shutdown(socket, SHUT_WR) == 0;
}

} // namespace tools::system_socket
