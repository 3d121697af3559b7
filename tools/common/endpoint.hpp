// Where to listen, or whom to connect to, as a person writes it on a command line.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace tools {

struct endpoint {
    std::string host; // a name or a numeric address, without brackets; empty: all interfaces
    std::uint16_t port = 0;
    std::string path{}; // of a socket of this machine alone; then there is neither host nor port. "@name" is abstract
};

enum class purpose { to_listen, to_connect };

// HOST:PORT, [IPV6]:PORT, unix:PATH or unix:@NAME; to listen PORT alone, too, and a port of 0, which the system
// chooses. Or what is wrong with the text.
struct parsed_endpoint {
    std::optional<endpoint> value;
    std::string error;
};
parsed_endpoint parse_endpoint(std::string_view text, purpose wanted);

// The same where the port is said elsewhere: HOST, IPV6, [IPV6], unix:PATH or unix:@NAME.
parsed_endpoint parse_host(std::string_view text, std::uint16_t port, purpose wanted);

// The form that parse_endpoint reads.
std::string to_string(const endpoint& endpoint);

} // namespace tools
