#include "support/sockets.hpp"

#include <cerrno>
#include <cstdio>
#include <cstdlib>

#include "support/failure.hpp"

namespace bench {

namespace {

int last_error() noexcept
{
#ifdef _WIN32
    return WSAGetLastError();
#else
    return errno;
#endif
}

// Winsock wants to be told of its first use; for the life of the program.
void start_sockets() noexcept
{
#ifdef _WIN32
    static const bool started = [] {
        WSADATA data;
        return WSAStartup(MAKEWORD(2, 2), &data) == 0;
    }();
    require(started, "WSAStartup");
#endif
}

template <class Value>
void set_option(native_socket socket, int level, int name, const Value& value) noexcept
{
    // Winsock's value is a char*, POSIX's a void*.
    const auto* const bytes = reinterpret_cast<const char*>(&value);
    require(setsockopt(socket, level, name, bytes, sizeof value) == 0, "setsockopt");
}

} // namespace

void fail(const char* what) noexcept
{
    (void)std::fprintf(stderr, "%s failed, last error %d\n", what, last_error());
    std::_Exit(EXIT_FAILURE); // not exit: other threads are still at work
}

void close_socket(native_socket socket) noexcept
{
#ifdef _WIN32
    (void)closesocket(socket);
#else
    (void)close(socket);
#endif
}

listener::listener()
{
    start_sockets();
    socket_ = socket(AF_INET, SOCK_STREAM, IPPROTO_TCP);
    require(socket_ != no_socket, "socket");
    address_.sin_family = AF_INET;
    address_.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    auto* const address = reinterpret_cast<sockaddr*>(&address_);
    address_length length = sizeof address_;
    require(bind(socket_, address, length) == 0, "bind");
    require(listen(socket_, SOMAXCONN) == 0, "listen");
    require(getsockname(socket_, address, &length) == 0, "getsockname");
}

listener::~listener()
{
    close_socket(socket_);
}

socket_pair listener::connect() const noexcept
{
    socket_pair pair;
    pair.client = socket(AF_INET, SOCK_STREAM, IPPROTO_TCP);
    require(pair.client != no_socket, "socket");
    const auto* const address = reinterpret_cast<const sockaddr*>(&address_);
    require(::connect(pair.client, address, sizeof address_) == 0, "connect");
    pair.server = accept(socket_, nullptr, nullptr);
    require(pair.server != no_socket, "accept");
    const int on = 1;
    set_option(pair.client, IPPROTO_TCP, TCP_NODELAY, on);
    set_option(pair.server, IPPROTO_TCP, TCP_NODELAY, on);
    const linger none{1, 0};
    set_option(pair.client, SOL_SOCKET, SO_LINGER, none);
    return pair;
}

} // namespace bench
