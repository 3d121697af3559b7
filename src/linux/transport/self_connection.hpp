// Linux connects a socket to itself when nobody listens on the port that it asks for, and the system
// happens to choose that very port as the socket's own.
#pragma once

namespace async_socket::linux_os {

[[nodiscard]] bool is_connected_to_itself(int socket) noexcept;

} // namespace async_socket::linux_os
