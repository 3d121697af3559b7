// The system's codes in our words; the only place that knows them.
#pragma once

#include "core/operation/outcome.hpp"
#include "win32/system/win.hpp"

namespace async_socket::win32 {

// Of a completion.
[[nodiscard]] core::ending ending_of(ULONG io_result) noexcept;

// Of a call that was refused; 0: nobody asked the system.
[[nodiscard]] core::ending ending_of_refusal(DWORD error) noexcept;

// Of getaddrinfo's answer.
[[nodiscard]] core::ending ending_of_lookup(int code) noexcept;

[[nodiscard]] inline core::refusal refusal_of(DWORD error) noexcept
{
    return {ending_of_refusal(error), error};
}

// Of either: the peer has reset the connection.
[[nodiscard]] bool is_reset(std::uint32_t code) noexcept;

// Of either: this machine has given the connection up.
[[nodiscard]] bool is_abort(std::uint32_t code) noexcept;

// Cancelled, and nobody knows what a send has moved before. (A receive has moved nothing.)
[[nodiscard]] bool is_lost(ULONG io_result) noexcept;

} // namespace async_socket::win32
