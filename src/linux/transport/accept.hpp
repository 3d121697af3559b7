// The next connection of a listening socket.
#pragma once

namespace async_socket::linux_os {

// Does not wait if the socket is non-blocking. `flags`: accept4's. -1, with errno, if there is none; is_shortage(errno)
// only if one waits.
[[nodiscard]] int accept_from(int listening, int flags) noexcept;

} // namespace async_socket::linux_os
