#include "support/loopback.hpp"

#include <gtest/gtest.h>

namespace async_socket::test {

namespace {

struct address {
    sockaddr_storage storage{};
    int length = 0;

    [[nodiscard]] const sockaddr* get() const { return reinterpret_cast<const sockaddr*>(&storage); }
};

address loopback_address(family which, std::uint16_t port)
{
    address result;
    if (which == family::ipv4) {
        auto& in = reinterpret_cast<sockaddr_in&>(result.storage);
        in.sin_family = AF_INET;
        in.sin_port = htons(port);
        in.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        result.length = sizeof in;
    } else {
        auto& in6 = reinterpret_cast<sockaddr_in6&>(result.storage);
        in6.sin6_family = AF_INET6;
        in6.sin6_port = htons(port);
        in6.sin6_addr.s6_addr[15] = 1;
        result.length = sizeof in6;
    }
    return result;
}

win32::unique_socket new_socket(family which)
{
    static const bool started = [] {
        WSADATA data;
        return WSAStartup(MAKEWORD(2, 2), &data) == 0;
    }();
    EXPECT_TRUE(started);
    return win32::unique_socket(WSASocketW(which == family::ipv4 ? AF_INET : AF_INET6, SOCK_STREAM, IPPROTO_TCP,
                                           nullptr, 0, WSA_FLAG_OVERLAPPED));
}

// Begins to connect; true when the listener has answered within half a second.
bool is_answered(SOCKET filler, const address& to)
{
    u_long non_blocking = 1;
    EXPECT_EQ(ioctlsocket(filler, static_cast<long>(FIONBIO), &non_blocking), 0);
    (void)connect(filler, to.get(), to.length);
    fd_set writable{};
    writable.fd_array[writable.fd_count++] = filler;
    timeval half_a_second{0, 500000};
    return select(0, nullptr, &writable, nullptr, &half_a_second) == 1;
}

} // namespace

owned_transport new_client()
{
    return owned_transport(socket_transport_create_client());
}

owned_transport new_server()
{
    return owned_transport(socket_transport_create_server());
}

SOCKET socket_of(const owned_transport& transport)
{
    return reinterpret_cast<SOCKET>(socket_transport_get_underlying_socket(transport.get()));
}

std::uint16_t port_of(SOCKET socket)
{
    sockaddr_storage name{};
    int length = sizeof name;
    if (getsockname(socket, reinterpret_cast<sockaddr*>(&name), &length) != 0) {
        return 0;
    }
    // The port is at one place in both families.
    return ntohs(reinterpret_cast<const sockaddr_in&>(name).sin_port);
}

listening_transport::listening_transport() : server(new_server())
{
    EXPECT_EQ(socket_transport_listen(server.get(), 0), 0);
    port = port_of(socket_of(server));
    EXPECT_NE(port, 0);
}

connected_pair::connected_pair() : client(new_client())
{
    const listening_transport listener;
    EXPECT_EQ(socket_transport_connect(client.get(), "127.0.0.1", listener.port, 30000), 0);
    SOCKET_TRANSPORT_HANDLE other = nullptr;
    EXPECT_EQ(socket_transport_accept(listener.server.get(), &other, 30000), SOCKET_ACCEPT_OK);
    accepted = owned_transport(other);
}

win32::unique_socket bind_loopback(family which, std::uint16_t port)
{
    win32::unique_socket socket = new_socket(which);
    const address at = loopback_address(which, port);
    if (bind(socket.get(), at.get(), at.length) != 0) {
        socket.reset();
    }
    return socket;
}

win32::unique_socket listen_loopback(family which, std::uint16_t port, int backlog)
{
    win32::unique_socket socket = bind_loopback(which, port);
    if (socket && listen(socket.get(), backlog) != 0) {
        socket.reset();
    }
    return socket;
}

silent_listener::silent_listener(family which, std::uint16_t port)
    : listener_(listen_loopback(which, port, 0)), port_(port_of(listener_.get()))
{
    const address to = loopback_address(which, port_);
    for (win32::unique_socket& filler : fillers_) {
        filler = new_socket(which);
        if (!is_answered(filler.get(), to)) {
            return;
        }
    }
    ADD_FAILURE() << "the listener still answers";
}

} // namespace async_socket::test
