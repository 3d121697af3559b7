#include "core/address/address_text.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <optional>

#include "core/address/address.hpp"
#include "core/platform/system_address.hpp"

namespace async_socket::core {

namespace {

constexpr outcome is_parsed{ending::done, 0, 0};
constexpr outcome is_no_address{ending::invalid, 0, 0};
constexpr auto nowhere = std::string_view::npos;

// Not substr: it knows an exception, and with it the C++ runtime.
constexpr std::string_view first(std::string_view text, std::size_t size) noexcept
{
    return {text.data(), std::min(size, text.size())};
}

constexpr std::string_view behind(std::string_view text, std::size_t place) noexcept
{
    return {text.data() + place + 1, text.size() - place - 1};
}

constexpr bool is_digit(char letter) noexcept
{
    return letter >= '0' && letter <= '9';
}

// Without a leading zero: some read an octal number then.
std::optional<std::uint32_t> decimal(std::string_view digits, std::uint32_t most) noexcept
{
    if (digits.empty() || (digits.front() == '0' && digits.size() > 1)) {
        return {};
    }
    std::uint64_t number = 0;
    for (const char digit : digits) {
        if (!is_digit(digit)) {
            return {};
        }
        number = number * 10 + static_cast<std::uint64_t>(digit - '0');
        if (number > most) {
            return {};
        }
    }
    return static_cast<std::uint32_t>(number);
}

// By ourselves: what a system takes for IPv4 differs from system to system.
bool parse_ipv4(std::string_view text, std::uint8_t* bytes) noexcept
{
    for (int i = 0; i < 4; ++i) {
        const std::size_t end = i < 3 ? text.find('.') : text.size();
        const auto number = decimal(first(text, end), UINT8_MAX);
        if (end == nowhere || !number) {
            return false;
        }
        bytes[i] = static_cast<std::uint8_t>(*number);
        if (i < 3) {
            text = behind(text, end);
        }
    }
    return true;
}

// The system's parsers agree on what consists of these, once a number at the end is known to be strict.
bool may_be_ipv6(std::string_view text) noexcept
{
    const std::size_t last_colon = text.rfind(':');
    if (last_colon == nowhere || text.find_first_not_of("0123456789abcdefABCDEF:.") != nowhere) {
        return false;
    }
    std::uint8_t ignored[4];
    return text.find('.') == nowhere || parse_ipv4(behind(text, last_colon), ignored);
}

// Neither a space nor a control character.
bool is_visible(char letter) noexcept
{
    constexpr unsigned char erase = 0x7f;
    const auto code = static_cast<unsigned char>(letter);
    return code > ' ' && code != erase;
}

// What is behind the %.
outcome parse_scope(std::string_view text, std::uint32_t& scope) noexcept
{
    if (text.empty() || !std::ranges::all_of(text, is_visible) || text.find_first_of("%[]") != nowhere) {
        return is_no_address;
    }
    if (!std::ranges::all_of(text, is_digit)) {
        return backend::find_interface(text, scope);
    }
    const auto number = decimal(text, UINT32_MAX);
    scope = number.value_or(0);
    return number ? is_parsed : is_no_address;
}

outcome parse_ipv6(std::string_view text, internet_address& found) noexcept
{
    const std::size_t mark = text.find('%');
    const std::string_view host = first(text, mark);
    char terminated[backend::internet_text_size]{};
    if (host.size() >= sizeof terminated || !may_be_ipv6(host)) {
        return is_no_address;
    }
    std::memcpy(terminated, host.data(), host.size());
    if (!backend::parse_ipv6(terminated, found.bytes)) {
        return is_no_address;
    }
    return mark == nowhere ? is_parsed : parse_scope(behind(text, mark), found.scope);
}

outcome parse_host(std::string_view text, internet_address& found) noexcept
{
    if (text.find(':') != nowhere) {
        found.family = AS_IPV6;
        const bool is_in_brackets = text.front() == '[' && text.back() == ']';
        return parse_ipv6(is_in_brackets ? first(behind(text, 0), text.size() - 2) : text, found);
    }
    found.family = AS_IPV4;
    return parse_ipv4(text, found.bytes) ? is_parsed : is_no_address;
}

std::size_t print_internet_address(const as_address& address, port_in_text with_port, char* text,
                                   std::size_t size) noexcept
{
    const internet_address internet = backend::internet_of(address);
    char host[backend::internet_text_size];
    backend::print_internet(internet, host);
    char scope[sizeof "%4294967295"] = "";
    if (internet.scope != 0) {
        (void)std::snprintf(scope, sizeof scope, "%%%u", unsigned{internet.scope});
    }
    const bool has_brackets = with_port == port_in_text::yes && internet.family == AS_IPV6;
    char port[sizeof ":65535"] = "";
    if (with_port == port_in_text::yes) {
        (void)std::snprintf(port, sizeof port, ":%u", unsigned{internet.port});
    }
    return static_cast<std::size_t>(
        std::snprintf(text, size, "%s%s%s%s%s", has_brackets ? "[" : "", host, scope, has_brackets ? "]" : "", port));
}

} // namespace

outcome parse_address(std::string_view text, std::uint16_t port, as_address& parsed) noexcept
{
    internet_address found{AS_NO_FAMILY, port, 0, {}};
    const outcome told = parse_host(text, found);
    if (told.how == ending::done) {
        parsed = backend::address_of(found);
    }
    return told;
}

outcome parse_address_with_port(std::string_view text, as_address& parsed) noexcept
{
    const std::size_t mark = text.rfind(':');
    if (mark == nowhere) {
        return is_no_address;
    }
    const std::string_view host = first(text, mark);
    const auto port = decimal(behind(text, mark), UINT16_MAX);
    const bool is_bare_ipv6 = host.find(':') != nowhere && host.back() != ']';
    if (!port || is_bare_ipv6) {
        return is_no_address;
    }
    return parse_address(host, static_cast<std::uint16_t>(*port), parsed);
}

std::size_t print_address(const as_address& address, port_in_text with_port, char* text, std::size_t size) noexcept
{
    char whole[AS_ADDRESS_TEXT_SIZE];
    std::size_t length = is_of_internet(backend::family_of(address))
                             ? print_internet_address(address, with_port, whole, sizeof whole)
                             : backend::print_local_address(address, whole);
    if (length >= size) {
        length = 0;
    }
    std::memcpy(text, whole, length);
    text[length] = '\0';
    return length;
}

} // namespace async_socket::core
