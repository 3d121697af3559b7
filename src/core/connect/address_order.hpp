// In which order the addresses of a name are tried.
#pragma once

#include <cstdint>
#include <span>

#include "async_socket/address.h"

namespace async_socket::core {

// The families by turns, beginning with IPv6; each family in the order in which it came. What is not IPv6 counts as one
// family. `order` has as many as there are addresses, and becomes their places.
void interleave(std::span<const as_address> addresses, std::span<std::uint32_t> order) noexcept;

} // namespace async_socket::core
