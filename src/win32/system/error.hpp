// The system's completion codes in our words; the only place that knows them.
#pragma once

#include "core/outcome.hpp"
#include "win32/system/win.hpp"

namespace async_socket::win32 {

[[nodiscard]] core::ending ending_of(ULONG io_result) noexcept;

// Cancelled, and nobody knows what a send has moved before. (A receive has moved nothing.)
[[nodiscard]] bool is_lost(ULONG io_result) noexcept;

} // namespace async_socket::win32
