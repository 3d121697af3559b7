// Addresses: what is the same whatever their form is to the system (core/platform/system_address.hpp).
#pragma once

#include <cstdint>

#include "async_socket/address.h"
#include "core/operation/outcome.hpp"

namespace async_socket::core {

[[nodiscard]] constexpr bool is_of_internet(as_family family) noexcept
{
    return family == AS_IPV4 || family == AS_IPV6;
}

// done, or invalid for another family; `made` is written only if done.
[[nodiscard]] ending make_any(as_family family, std::uint16_t port, as_address& made) noexcept;
[[nodiscard]] ending make_loopback(as_family family, std::uint16_t port, as_address& made) noexcept;

// 0 if its family has none.
[[nodiscard]] std::uint16_t port_of(const as_address& address) noexcept;
// done, or invalid if its family has none.
[[nodiscard]] ending set_port(as_address& address, std::uint16_t port) noexcept;

[[nodiscard]] bool are_equal(const as_address& one, const as_address& other) noexcept;

} // namespace async_socket::core
