// Winsock itself, started on first use.
#pragma once

namespace async_socket::win32 {

// True once Winsock runs. It is never stopped: stopping would close every socket of the program, the
// user's among them, and costs nothing to leave.
[[nodiscard]] bool start_winsock() noexcept;

} // namespace async_socket::win32
