#include "common/endpoint.hpp"

#include <charconv>
#include <system_error>

namespace tools {

namespace {

constexpr std::string_view unix_prefix = "unix:";
constexpr std::size_t longest_path = 107; // of all systems

parsed_endpoint wrong(std::string_view text, std::string_view reason)
{
    return {std::nullopt, "'" + std::string(text) + "' " + std::string(reason)};
}

bool is_digits(std::string_view text)
{
    return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

// Empty: none from 0 to 65535.
std::optional<std::uint16_t> parse_port(std::string_view text)
{
    std::uint16_t port = 0;
    const char* const end = text.data() + text.size();
    const auto [stopped, error] = std::from_chars(text.data(), end, port);
    return error == std::errc() && stopped == end ? std::optional(port) : std::nullopt;
}

// What a name or an address cannot have; of names there is no more to be said here.
bool has_strange_characters(std::string_view host)
{
    for (const char each : host) {
        const auto code = static_cast<unsigned char>(each);
        if (code <= ' ' || code == 0x7f || each == '[' || each == ']') {
            return true;
        }
    }
    return false;
}

parsed_endpoint parse_path(std::string_view text)
{
    const std::string_view path = text.substr(unix_prefix.size());
    if (path.empty() || path == "@") {
        return wrong(text, "has no path: unix:PATH, or unix:@NAME for an abstract one");
    }
    if (path.size() > longest_path) {
        return wrong(text, "is too long for the path of a socket, which has at most 107 characters");
    }
    return {endpoint{{}, 0, std::string(path)}, {}};
}

} // namespace

parsed_endpoint parse_endpoint(std::string_view text, purpose wanted)
{
    if (text.substr(0, unix_prefix.size()) == unix_prefix) {
        return parse_path(text);
    }
    const bool has_brackets = !text.empty() && text.front() == '[';
    const std::size_t colon = text.rfind(':');
    const std::size_t bracket = text.rfind(']');
    const bool port_only = is_digits(text);
    if (!port_only && (colon == std::string_view::npos || (has_brackets && bracket > colon))) {
        return wrong(text, "has no port: HOST:PORT, [IPV6]:PORT");
    }
    std::string_view host = port_only ? std::string_view() : text.substr(0, colon);
    if (has_brackets && host.back() == ']') {
        host = host.substr(1, host.size() - 2);
        if (host.find(':') == std::string_view::npos) {
            return wrong(text, "has brackets around what is no IPv6 address");
        }
    } else if (host.find(':') != std::string_view::npos) {
        return wrong(text, "has too many colons; an IPv6 address needs brackets: [::1]:80");
    }
    if ((host.empty() && !port_only) || has_strange_characters(host)) {
        return wrong(text, "has no usable host");
    }
    const std::string_view digits = port_only ? text : text.substr(colon + 1);
    const std::optional<std::uint16_t> port = parse_port(digits);
    if (!port) {
        return wrong(text, "has no port that there is: from 1 to 65535");
    }
    if (wanted == purpose::to_connect && host.empty()) {
        return wrong(text, "has no host: HOST:PORT");
    }
    if (wanted == purpose::to_connect && *port == 0) {
        return wrong(text, "has a port that nobody can connect to: from 1 to 65535");
    }
    return {endpoint{std::string(host), *port, {}}, {}};
}

parsed_endpoint parse_host(std::string_view text, std::uint16_t port, purpose wanted)
{
    if (text.empty()) {
        return wrong(text, "has no usable host");
    }
    if (text.substr(0, unix_prefix.size()) == unix_prefix) {
        return parse_path(text);
    }
    const std::size_t colon = text.find(':');
    if (colon != std::string_view::npos && colon == text.rfind(':')) {
        return wrong(text, "has a port, or is half an IPv6 address; the port is said elsewhere");
    }
    const bool needs_brackets = text.front() != '[' && colon != std::string_view::npos;
    const std::string host = needs_brackets ? "[" + std::string(text) + "]" : std::string(text);
    parsed_endpoint parsed = parse_endpoint(host + ":" + std::to_string(port), wanted);
    return parsed.value ? parsed : wrong(text, "has no usable host");
}

std::string to_string(const endpoint& endpoint)
{
    if (!endpoint.path.empty()) {
        return std::string(unix_prefix) + endpoint.path;
    }
    std::string port = std::to_string(endpoint.port);
    if (endpoint.host.empty()) {
        return port;
    }
    const bool is_ipv6 = endpoint.host.find(':') != std::string::npos;
    return (is_ipv6 ? "[" + endpoint.host + "]" : endpoint.host) + ":" + port;
}

} // namespace tools
