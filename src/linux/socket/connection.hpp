// The connection under a channel: a socket transport (transport generation) or a plain socket (handle and
// current generation). What the two differ in: who has the descriptor, and how it is closed.
#pragma once

#include "core/platform/backend.hpp"

namespace async_socket::linux_os {

// The descriptor, which stays for whoever holds it: a transport that the user disconnects keeps it until
// it is let go. -1 for a transport that is not open; then there is nothing to let go of.
[[nodiscard]] int hold_socket(const backend::connection& connection) noexcept;
// Without closing a plain socket.
void let_go_of_socket(const backend::connection& connection) noexcept;

// False once the user has disconnected the transport.
[[nodiscard]] bool is_connected(const backend::connection& connection) noexcept;

// See backend::connection_close. `is_lost`: the connection is over already, so that no close of it lingers.
void close(const backend::connection& connection, bool is_lost) noexcept;

} // namespace async_socket::linux_os
