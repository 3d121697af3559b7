#include "linux/transport/self_connection.hpp"

#include <sys/socket.h>

#include <cstring>

namespace async_socket::linux_os {

bool is_connected_to_itself(int socket) noexcept
{
    sockaddr_storage own{};
    sockaddr_storage other{};
    socklen_t own_size = sizeof own;
    socklen_t other_size = sizeof other;
    return ::getsockname(socket, reinterpret_cast<sockaddr*>(&own), &own_size) == 0 &&
           ::getpeername(socket, reinterpret_cast<sockaddr*>(&other), &other_size) == 0 && own_size == other_size &&
           std::memcmp(&own, &other, own_size) == 0;
}

} // namespace async_socket::linux_os
