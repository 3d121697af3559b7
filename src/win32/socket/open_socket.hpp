// A socket of our own for overlapped operations, which child processes do not inherit.
#pragma once

#include "core/transport/system_calls.hpp"
#include "win32/system/win.hpp"

namespace async_socket::win32 {

// Of a byte stream. Empty, with the last error set, on a failure.
[[nodiscard]] backend::unique_socket open_stream_socket(int family) noexcept;

} // namespace async_socket::win32
