// What a socket speaks.
#pragma once

#include <netinet/in.h>
#include <sys/socket.h>

namespace async_socket::linux_os {

// Asks the system. False of what is no socket, too.
[[nodiscard]] inline bool is_tcp(int fd) noexcept
{
    int protocol = 0;
    socklen_t size = sizeof protocol;
    return getsockopt(fd, SOL_SOCKET, SO_PROTOCOL, &protocol, &size) == 0 && protocol == IPPROTO_TCP;
}

} // namespace async_socket::linux_os
