#include "support/plain_socket.hpp"

#include <gtest/gtest.h>

#include "win32/system/win.hpp"

namespace async_socket::test {

namespace {

struct address {
    sockaddr_storage storage{};
    int length = sizeof storage;

    [[nodiscard]] sockaddr* get() { return reinterpret_cast<sockaddr*>(&storage); }
};

SOCKET raw(SOCKET_HANDLE socket)
{
    return reinterpret_cast<SOCKET>(socket);
}

SOCKET raw(const plain_socket& socket)
{
    return raw(socket.get());
}

plain_socket owned(SOCKET socket)
{
    return plain_socket(reinterpret_cast<SOCKET_HANDLE>(socket));
}

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

plain_socket new_socket(family which)
{
    static const bool started = [] {
        WSADATA data;
        return WSAStartup(MAKEWORD(2, 2), &data) == 0;
    }();
    EXPECT_TRUE(started);
    return owned(WSASocketW(which == family::ipv4 ? AF_INET : AF_INET6, SOCK_STREAM, IPPROTO_TCP, nullptr, 0,
                            WSA_FLAG_OVERLAPPED));
}

} // namespace

const error_codes errors{WSAENOTCONN, WSAECONNRESET, WSAETIMEDOUT, WSAESHUTDOWN, WSA_IO_PENDING};
const std::uint32_t peek_flag = MSG_PEEK;

SOCKET_HANDLE no_socket()
{
    return reinterpret_cast<SOCKET_HANDLE>(INVALID_SOCKET);
}

std::vector<SOCKET_HANDLE> invalid_handles()
{
    return {no_socket(), nullptr};
}

void close_socket(SOCKET_HANDLE socket)
{
    (void)closesocket(raw(socket));
}

plain_socket bind_loopback(family which, std::uint16_t port)
{
    plain_socket socket = new_socket(which);
    address at = loopback_address(which, port);
    if (bind(raw(socket), at.get(), at.length) != 0) {
        socket.reset();
    }
    return socket;
}

plain_socket listen_loopback(family which, std::uint16_t port, int backlog)
{
    plain_socket socket = bind_loopback(which, port);
    if (socket && listen(raw(socket), backlog) != 0) {
        socket.reset();
    }
    return socket;
}

plain_socket accept_plain(const plain_socket& listener)
{
    return owned(accept(raw(listener), nullptr, nullptr));
}

plain_socket begin_to_connect(family which, std::uint16_t port)
{
    plain_socket socket = new_socket(which);
    u_long non_blocking = 1;
    EXPECT_EQ(ioctlsocket(raw(socket), static_cast<long>(FIONBIO), &non_blocking), 0);
    address to = loopback_address(which, port);
    (void)connect(raw(socket), to.get(), to.length);
    return socket;
}

bool is_answered(const plain_socket& connecting)
{
    fd_set writable{};
    writable.fd_array[writable.fd_count++] = raw(connecting);
    timeval half_a_second{0, 500000};
    return select(0, nullptr, &writable, nullptr, &half_a_second) == 1;
}

std::uint16_t port_of(SOCKET_HANDLE socket)
{
    address name;
    if (getsockname(raw(socket), name.get(), &name.length) != 0) {
        return 0;
    }
    // The port is at one place in both families.
    return ntohs(reinterpret_cast<const sockaddr_in&>(name.storage).sin_port);
}

family family_of(SOCKET_HANDLE socket)
{
    address name;
    EXPECT_EQ(getpeername(raw(socket), name.get(), &name.length), 0);
    return name.storage.ss_family == AF_INET ? family::ipv4 : family::ipv6;
}

bool is_inherited(SOCKET_HANDLE socket)
{
    DWORD flags = 0;
    EXPECT_NE(GetHandleInformation(socket, &flags), FALSE);
    return (flags & HANDLE_FLAG_INHERIT) != 0;
}

void shut_down_sending(SOCKET_HANDLE socket)
{
    EXPECT_EQ(shutdown(raw(socket), SD_SEND), 0);
}

void linger_at_close(SOCKET_HANDLE socket, int seconds)
{
    const linger time{1, static_cast<u_short>(seconds)};
    EXPECT_EQ(setsockopt(raw(socket), SOL_SOCKET, SO_LINGER, reinterpret_cast<const char*>(&time), sizeof time), 0);
}

void limit_receive_time(SOCKET_HANDLE socket, std::uint32_t timeout_ms)
{
    const DWORD limit = timeout_ms;
    EXPECT_EQ(setsockopt(raw(socket), SOL_SOCKET, SO_RCVTIMEO, reinterpret_cast<const char*>(&limit), sizeof limit), 0);
}

std::string host_name()
{
    char name[MAX_GET_HOST_NAME_LEN] = "";
    EXPECT_EQ(gethostname(name, sizeof name), 0);
    return name;
}

bool is_numeric_address(ADDRESS_TYPE type, const char* text)
{
    unsigned char bytes[16];
    return inet_pton(type == ADDRESS_INET ? AF_INET : AF_INET6, text, bytes) == 1;
}

} // namespace async_socket::test
