// Options of a socket that are whole numbers.
#pragma once

#include <sys/socket.h>

namespace async_socket::linux_os {

// False: with errno.
[[nodiscard]] inline bool set_number(int socket, int level, int option, int value) noexcept
{
    return ::setsockopt(socket, level, option, &value, sizeof value) == 0;
}

} // namespace async_socket::linux_os
