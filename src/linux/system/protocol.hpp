// What a socket speaks, and whether it still does.
#pragma once

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <cerrno>

namespace async_socket::linux_os {

// Asks the system. False of what is no socket, too.
[[nodiscard]] inline bool is_tcp(int fd) noexcept
{
    int protocol = 0;
    socklen_t size = sizeof protocol;
    return getsockopt(fd, SOL_SOCKET, SO_PROTOCOL, &protocol, &size) == 0 && protocol == IPPROTO_TCP;
}

// SO_ERROR, which is told once; or why it is not known.
[[nodiscard]] inline int pending_error(int fd) noexcept
{
    int code = 0;
    socklen_t size = sizeof code;
    return getsockopt(fd, SOL_SOCKET, SO_ERROR, &code, &size) == 0 ? code : errno;
}

// Of a connection of TCP: neither direction goes on, in any way that it may have ended; it is not only shut down.
[[nodiscard]] inline bool connection_is_over(int fd) noexcept
{
    tcp_info info{};
    socklen_t size = sizeof info;
    return getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &size) == 0 && info.tcpi_state == TCP_CLOSE;
}

} // namespace async_socket::linux_os
