// errno in our words; the only place that knows what a code means for a connection.
#pragma once

#include "core/operation/outcome.hpp"

namespace async_socket::linux_os {

[[nodiscard]] core::ending ending_of(int code) noexcept;

// The errno that says more than getaddrinfo's answer; 0: none does. Asked for the first time, glibc 2.36 calls a name
// unknown if it cannot open what it looks into.
[[nodiscard]] int code_behind(int code, int last_error) noexcept;

// Of getaddrinfo's answer, and the errno behind it.
[[nodiscard]] core::ending ending_of_lookup(int code, int system_code) noexcept;

// Not an error: the call is to be made again when the socket is ready.
[[nodiscard]] bool is_later(int code) noexcept;

// Descriptors or memory are out: what was asked for can be had later.
[[nodiscard]] bool is_shortage(int code) noexcept;

// 0: none.
[[nodiscard]] inline core::refusal refusal_of(int code) noexcept
{
    return {ending_of(code), static_cast<std::uint32_t>(code)};
}

} // namespace async_socket::linux_os
