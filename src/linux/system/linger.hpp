// SO_LINGER at the end of a connection. With a time, close() waits that long for the peer to take what it has
// not taken yet, in non-blocking mode too; and an accepted socket has it from its listener.
#pragma once

namespace async_socket::linux_os {

// True if the user wants the peer to see a reset: a lingering of no time.
[[nodiscard]] bool ends_with_reset(int socket) noexcept;

// Takes a lingering with a time off the socket: the close that follows does not wait, and the system goes on with
// what is unsent. LINUX_14_004
void forget_lingering(int socket) noexcept;

} // namespace async_socket::linux_os
