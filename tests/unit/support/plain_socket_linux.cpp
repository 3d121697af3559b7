#include "support/plain_socket.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>

#include <gtest/gtest.h>

namespace async_socket::test {

namespace {

struct address {
    sockaddr_storage storage{};
    socklen_t length = sizeof storage;

    [[nodiscard]] sockaddr* get() { return reinterpret_cast<sockaddr*>(&storage); }
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
        in6.sin6_addr = in6addr_loopback;
        result.length = sizeof in6;
    }
    return result;
}

plain_socket new_socket(family which, int flags = 0)
{
    return plain_socket(
        socket(which == family::ipv4 ? AF_INET : AF_INET6, SOCK_STREAM | SOCK_CLOEXEC | flags, IPPROTO_TCP));
}

} // namespace

const error_codes errors{ENOTCONN, ECONNRESET, ETIMEDOUT, EPIPE, EINPROGRESS};
const std::uint32_t peek_flag = MSG_PEEK;

SOCKET_HANDLE no_socket()
{
    return INVALID_SOCKET;
}

std::vector<SOCKET_HANDLE> invalid_handles()
{
    return {no_socket(), -2};
}

void close_socket(SOCKET_HANDLE socket)
{
    (void)close(socket);
}

plain_socket bind_loopback(family which, std::uint16_t port)
{
    plain_socket socket = new_socket(which);
    address at = loopback_address(which, port);
    if (bind(socket.get(), at.get(), at.length) != 0) {
        socket.reset();
    }
    return socket;
}

plain_socket listen_loopback(family which, std::uint16_t port, int backlog)
{
    plain_socket socket = bind_loopback(which, port);
    if (socket && listen(socket.get(), backlog) != 0) {
        socket.reset();
    }
    return socket;
}

plain_socket accept_plain(const plain_socket& listener)
{
    return plain_socket(accept4(listener.get(), nullptr, nullptr, SOCK_CLOEXEC));
}

plain_socket begin_to_connect(family which, std::uint16_t port)
{
    plain_socket socket = new_socket(which, SOCK_NONBLOCK);
    address to = loopback_address(which, port);
    (void)connect(socket.get(), to.get(), to.length);
    return socket;
}

bool is_answered(const plain_socket& connecting)
{
    constexpr int half_a_second_ms = 500;
    pollfd watched{connecting.get(), POLLOUT, 0};
    return poll(&watched, 1, half_a_second_ms) == 1;
}

std::uint16_t port_of(SOCKET_HANDLE socket)
{
    address name;
    if (getsockname(socket, name.get(), &name.length) != 0) {
        return 0;
    }
    // The port is at one place in both families.
    return ntohs(reinterpret_cast<const sockaddr_in&>(name.storage).sin_port);
}

family family_of(SOCKET_HANDLE socket)
{
    address name;
    EXPECT_EQ(getpeername(socket, name.get(), &name.length), 0);
    return name.storage.ss_family == AF_INET ? family::ipv4 : family::ipv6;
}

bool is_inherited(SOCKET_HANDLE socket)
{
    return (fcntl(socket, F_GETFD) & FD_CLOEXEC) == 0;
}

void shut_down_sending(SOCKET_HANDLE socket)
{
    EXPECT_EQ(shutdown(socket, SHUT_WR), 0);
}

void linger_at_close(SOCKET_HANDLE socket, int seconds)
{
    const linger time{1, seconds};
    EXPECT_EQ(setsockopt(socket, SOL_SOCKET, SO_LINGER, &time, sizeof time), 0);
}

void limit_receive_time(SOCKET_HANDLE socket, std::uint32_t timeout_ms)
{
    const timeval limit{static_cast<time_t>(timeout_ms / 1000), static_cast<suseconds_t>(timeout_ms % 1000 * 1000)};
    EXPECT_EQ(setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit), 0);
}

std::string host_name()
{
    char name[MAX_GET_HOST_NAME_LEN] = "";
    EXPECT_EQ(gethostname(name, sizeof name), 0);
    return name;
}

bool is_numeric_address(ADDRESS_TYPE type, const char* text)
{
    unsigned char bytes[sizeof(in6_addr)];
    return inet_pton(type == ADDRESS_INET ? AF_INET : AF_INET6, text, bytes) == 1;
}

} // namespace async_socket::test
