#include "common/endpoint.hpp"

#include <charconv>

namespace tools {

namespace {

std::optional<std::uint16_t> parse_port(std::string_view text)
{
    std::uint16_t port = 0;
    const char* const end = text.data() + text.size();
    const auto [stopped, error] = std::from_chars(text.data(), end, port);
    return error == std::errc() && stopped == end ? std::optional(port) : std::nullopt;
}

// Empty for a host that has brackets and is no IPv6 address, or the other way round: in "::1:80"
// nobody can tell where the address ends.
std::optional<std::string_view> parse_host(std::string_view text)
{
    const bool bracketed = text.size() > 2 && text.front() == '[' && text.back() == ']';
    const std::string_view host = bracketed ? text.substr(1, text.size() - 2) : text;
    const bool has_colon = host.find(':') != std::string_view::npos;
    if (host.empty() || has_colon != bracketed || host.find_first_of("[] ") != std::string_view::npos) {
        return std::nullopt;
    }
    return host;
}

} // namespace

std::optional<endpoint> parse_endpoint(std::string_view text)
{
    const std::size_t colon = text.rfind(':');
    const bool port_only = colon == std::string_view::npos;
    const auto port = parse_port(port_only ? text : text.substr(colon + 1));
    const auto host = port_only ? std::string_view() : parse_host(text.substr(0, colon));
    if (!port || !host) {
        return std::nullopt;
    }
    return endpoint{std::string(*host), *port};
}

std::string to_string(const endpoint& endpoint)
{
    std::string port = std::to_string(endpoint.port);
    if (endpoint.host.empty()) {
        return port;
    }
    const bool is_ipv6 = endpoint.host.find(':') != std::string::npos;
    return (is_ipv6 ? "[" + endpoint.host + "]" : endpoint.host) + ":" + port;
}

} // namespace tools
