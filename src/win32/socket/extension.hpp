// Calls of Winsock that its library does not export: each provider of sockets has its own.
#pragma once

#include "win32/system/win.hpp"

namespace async_socket::win32 {

// Both: null, with the last error set, if the socket's provider has none.
[[nodiscard]] LPFN_ACCEPTEX accept_ex_of(SOCKET socket) noexcept;
[[nodiscard]] LPFN_CONNECTEX connect_ex_of(SOCKET socket) noexcept;

} // namespace async_socket::win32
