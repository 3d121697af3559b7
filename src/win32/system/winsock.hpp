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

// An option that is a whole number. False: with the last error.
[[nodiscard]] inline bool set_number(SOCKET socket, int level, int option, DWORD value) noexcept
{
    return setsockopt(socket, level, option, reinterpret_cast<const char*>(&value), sizeof value) == 0;
}

} // namespace async_socket::win32
