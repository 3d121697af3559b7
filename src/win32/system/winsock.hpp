// Winsock itself, started on first use.
#pragma once

#include "win32/system/win.hpp"

namespace async_socket::win32 {

// True once Winsock runs. It is never stopped: stopping would close every socket of the program, the
// user's among them, and costs nothing to leave.
[[nodiscard]] bool start_winsock() noexcept;

// closesocket, but never waits: a lingering with a time (SO_LINGER), with which that waits so long for the peer to
// take what it has not taken yet, is taken off first, and the system goes on with what is unsent.
void close_socket(SOCKET socket) noexcept;

} // namespace async_socket::win32
