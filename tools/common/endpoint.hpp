// HOST:PORT, as a person writes it on a command line.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace tools {

struct endpoint {
    std::string host; // empty: all interfaces
    std::uint16_t port = 0;
};

// HOST:PORT, [IPV6]:PORT, or PORT alone with an empty host. Empty if the text is none of these.
std::optional<endpoint> parse_endpoint(std::string_view text);

// The form that parse_endpoint reads.
std::string to_string(const endpoint& endpoint);

} // namespace tools
