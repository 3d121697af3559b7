// What an address is to the system: its own form (sockaddr), its parser, its printer. Implemented by the platform.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "async_socket/address.h"
#include "core/operation/outcome.hpp"

namespace async_socket::core {

// One of the internet, in our words.
struct internet_address {
    as_family family; // AS_IPV4 or AS_IPV6
    std::uint16_t port;
    std::uint32_t scope;    // the interface's number; 0: none
    std::uint8_t bytes[16]; // in the order in which they are written; of IPv4 the first four
};

} // namespace async_socket::core

namespace async_socket::backend {

// In the system's form, and back. What does not count is zero, so equal addresses have equal bytes.
[[nodiscard]] as_address address_of(const core::internet_address& internet) noexcept;
[[nodiscard]] core::internet_address internet_of(const as_address& address) noexcept; // of AS_IPV4 and AS_IPV6

[[nodiscard]] as_family family_of(const as_address& address) noexcept;

// Of this machine. `path` has at least a byte; one whose first byte is 0 is an abstract name. done, invalid,
// not_available; `made` is written only if done.
[[nodiscard]] core::ending make_local_address(std::string_view path, as_address& made) noexcept;
// The other way round, as text without a 0 at its end: the path, or the name with an @ for each 0. The length; 0 for
// one that has neither, and for no family.
[[nodiscard]] std::size_t print_local_address(const as_address& address, char (&text)[AS_ADDRESS_TEXT_SIZE]) noexcept;

// A copy of what the system has written. As make_local_address.
[[nodiscard]] core::ending take_address(const void* system, std::size_t size, as_address& taken) noexcept;

// The text of an IPv6 address without scope and brackets, of which the caller has seen that it consists of digits,
// colons and points, and the point's part of four numbers.
[[nodiscard]] bool parse_ipv6(const char* text, std::uint8_t* bytes) noexcept;

// The other way round, also for IPv4; the longest is "ffff:ffff:ffff:ffff:ffff:ffff:255.255.255.255".
constexpr std::size_t internet_text_size = 46;
void print_internet(const core::internet_address& internet, char (&text)[internet_text_size]) noexcept;

// The number of the interface that has the name; unreachable if there is none. Other failures are the system's. May
// change the last error.
[[nodiscard]] core::outcome find_interface(std::string_view name, std::uint32_t& number) noexcept;

} // namespace async_socket::backend
