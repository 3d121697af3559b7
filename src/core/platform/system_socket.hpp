// What a socket of the system's is asked, and told, apart from moving bytes. Implemented by the platform.
//
// None of this blocks. The caller sees to it that the socket is open meanwhile. The last error may change.
#pragma once

#include <cstdint>
#include <span>

#include "async_socket/address.h"
#include "async_socket/option.h"
#include "c_pal/socket_handle.h"
#include "core/operation/outcome.hpp"

namespace async_socket::core {

constexpr std::uint32_t most_options = AS_OPTION_UNSENT_LOW_WATER; // in a list: each of them once

// A program may give any number.
[[nodiscard]] constexpr bool is_option(std::uint32_t option) noexcept
{
    return option >= AS_OPTION_NO_DELAY && option <= AS_OPTION_UNSENT_LOW_WATER;
}
// What the option may be set to, whatever the system says to it.
[[nodiscard]] bool is_in_range(as_option option, std::uint64_t value) noexcept;

// Of a list as a program gives it: each value is in range, and no option is there twice. `first` may be null if there
// are none.
[[nodiscard]] bool make_sense(const as_option_value* first, std::uint32_t count) noexcept;
// Sets them in their order, up to the first one that the system refuses: why. They make sense.
[[nodiscard]] refusal set_options(SOCKET_HANDLE socket, std::span<const as_option_value> options) noexcept;

} // namespace async_socket::core

namespace async_socket::backend {

// The value is in range (core::is_in_range). not_available: the system has no such option, or none for this socket.
[[nodiscard]] core::refusal set_option(SOCKET_HANDLE socket, as_option option, std::uint64_t value) noexcept;
// In the unit of set_option; `value` is written only if it was read.
[[nodiscard]] core::refusal get_option(SOCKET_HANDLE socket, as_option option, std::uint64_t& value) noexcept;

[[nodiscard]] core::refusal local_address(SOCKET_HANDLE socket, as_address& address) noexcept;
[[nodiscard]] core::refusal remote_address(SOCKET_HANDLE socket, as_address& address) noexcept;

// How many bytes have come that nobody has received; and how many were sent that the peer has not acknowledged.
[[nodiscard]] core::refusal bytes_to_receive(SOCKET_HANDLE socket, std::uint64_t& bytes) noexcept;
[[nodiscard]] core::refusal bytes_unacknowledged(SOCKET_HANDLE socket, std::uint64_t& bytes) noexcept;

// Of a connection whose two directions have ended: how many bytes the peer's system has not confirmed, of which the end
// is one. Refused only if it never will: that the connection is lost, and how. Where nobody can know they are taken to
// be confirmed.
[[nodiscard]] core::refusal unconfirmed(SOCKET_HANDLE socket, std::uint64_t& bytes) noexcept;

} // namespace async_socket::backend
