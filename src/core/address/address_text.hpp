// Addresses as text: "192.0.2.1:80", "[fe80::1%3]:80". The contract is that of async_socket/address.h.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "async_socket/address.h"
#include "core/operation/outcome.hpp"

namespace async_socket::core {

// `parsed` is written only if the outcome is done.
[[nodiscard]] outcome parse_address(std::string_view text, std::uint16_t port, as_address& parsed) noexcept;
[[nodiscard]] outcome parse_address_with_port(std::string_view text, as_address& parsed) noexcept;

enum class port_in_text : bool { no, yes };

// Writes the text and a 0 behind it, or "" if both do not fit. The length of the text; `size` is not 0.
[[nodiscard]] std::size_t print_address(const as_address& address, port_in_text with_port, char* text,
                                        std::size_t size) noexcept;

} // namespace async_socket::core
