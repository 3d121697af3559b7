#include "proxy_header.hpp"

#include <charconv>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string_view>

#include "async_socket/reader.hpp"

namespace async_relay {

namespace {

constexpr std::string_view signature("\r\n\r\n\0\r\nQUIT\n", 12); // of version 2
constexpr std::string_view v1_start = "PROXY ";
constexpr std::size_t v1_longest = 107; // with its end of line
constexpr std::size_t unix_size = 108;  // of a path in version 2

// The first byte behind version 2's signature has its number and whether it is about a connection of the proxy's own.
constexpr unsigned char v2_local = 0x20;
constexpr unsigned char v2_proxied = 0x21;
// The second one: the family and that it is a stream; and the largest that there is of each.
constexpr unsigned char v2_unspecified = 0x00;
constexpr unsigned v2_last_family = 3;
constexpr unsigned v2_last_transport = 2;
constexpr unsigned char v2_ipv4 = 0x11;
constexpr unsigned char v2_ipv6 = 0x21;
constexpr unsigned char v2_unix = 0x31;

// Where the system's form of an address has its bytes, on all systems.
constexpr std::size_t ipv4_offset = 4;
constexpr std::size_t ipv4_size = 4;
constexpr std::size_t ipv6_offset = 8;
constexpr std::size_t ipv6_size = 16;
constexpr std::size_t unix_offset = 2;

struct bytes_within {
    std::size_t offset;
    std::size_t size;
};
bytes_within bytes_within_system(as::family family)
{
    return family == as::family::ipv4 ? bytes_within{ipv4_offset, ipv4_size} : bytes_within{ipv6_offset, ipv6_size};
}

std::string bytes_of(const as::address& address)
{
    const bytes_within place = bytes_within_system(address.family());
    const auto* const system = static_cast<const char*>(as_address_system(&address, nullptr));
    return {system + place.offset, place.size};
}

// As the system has it: that of an abstract one begins with a 0.
std::string path_of(const as::address& address)
{
    std::size_t size = 0;
    const auto* const system = static_cast<const char*>(as_address_system(&address, &size));
    return {system + unix_offset, size - unix_offset};
}

as::address address_of(as::family family, std::string_view bytes, std::uint16_t port)
{
    as::address made = as::address::any(family, port);
    const bytes_within place = bytes_within_system(family);
    std::size_t size = 0;
    const void* const system = as_address_system(&made, &size);
    std::string changed(static_cast<const char*>(system), size);
    changed.replace(place.offset, place.size, bytes.substr(0, place.size));
    (void)as_address_from_system(&made, changed.data(), changed.size());
    return made;
}

// ---- written ----

std::string v1_of(const passage& told)
{
    const as::family family = told.source.family();
    if (family != told.destination.family() || (family != as::family::ipv4 && family != as::family::ipv6)) {
        return "PROXY UNKNOWN\r\n";
    }
    const auto host = [](const as::address& of) {
        const std::string text = of.text_without_port().c_str();
        return text.substr(0, text.find('%')); // a scope is of this machine
    };
    return std::string(family == as::family::ipv4 ? "PROXY TCP4 " : "PROXY TCP6 ") + host(told.source) + ' ' +
           host(told.destination) + ' ' + std::to_string(told.source.port()) + ' ' +
           std::to_string(told.destination.port()) + "\r\n";
}

void append_number(std::string& to, std::uint16_t number)
{
    to += static_cast<char>(number >> 8);
    to += static_cast<char>(number & 0xff);
}

std::string v2_of(const passage& told)
{
    std::string addresses;
    unsigned char family = v2_unspecified;
    if (told.source.family() == told.destination.family()) {
        switch (told.source.family()) {
        case as::family::ipv4:
        case as::family::ipv6:
            family = told.source.family() == as::family::ipv4 ? v2_ipv4 : v2_ipv6;
            addresses = bytes_of(told.source) + bytes_of(told.destination);
            append_number(addresses, told.source.port());
            append_number(addresses, told.destination.port());
            break;
        case as::family::unix_domain:
            family = v2_unix;
            for (const as::address* const each : {&told.source, &told.destination}) {
                std::string path = path_of(*each);
                path.resize(unix_size, '\0');
                addresses += path;
            }
            break;
        default:
            break;
        }
    }
    std::string header(signature);
    header += static_cast<char>(told.is_own ? v2_local : v2_proxied);
    header += static_cast<char>(family);
    append_number(header, static_cast<std::uint16_t>(addresses.size()));
    return header + addresses;
}

// ---- read ----

std::uint16_t number_at(std::string_view bytes, std::size_t at)
{
    return static_cast<std::uint16_t>(static_cast<unsigned char>(bytes[at]) << 8 |
                                      static_cast<unsigned char>(bytes[at + 1]));
}

// The next word of a line, which it leaves without it.
std::string next_word(std::string_view& line)
{
    const std::size_t end = line.find(' ');
    std::string word(line.substr(0, end));
    line.remove_prefix(end == std::string_view::npos ? line.size() : end + 1);
    return word;
}

// There is one way to write each of them. What a command line may have beyond that, brackets say, is no address here.
std::optional<as::address> address_of(as::family family, const std::string& host, const std::string& port)
{
    const char* const characters = family == as::family::ipv4 ? "0123456789." : "0123456789abcdefABCDEF:.";
    if (host.find_first_not_of(characters) != std::string::npos || (port.size() > 1 && port.front() == '0')) {
        return std::nullopt;
    }
    std::uint16_t number = 0;
    const auto [end, error] = std::from_chars(port.data(), port.data() + port.size(), number);
    const auto address = as::address::parse(host, number);
    const bool is_good = error == std::errc() && end == port.data() + port.size() && address;
    return is_good && address->family() == family ? std::optional(*address) : std::nullopt;
}

// The line without its end. False: it is no header.
bool parse_v1(std::string_view line, passage& told)
{
    line.remove_prefix(v1_start.size());
    const std::string kind = next_word(line);
    if (kind == "UNKNOWN") {
        return true; // whatever follows
    }
    if (kind != "TCP4" && kind != "TCP6") {
        return false;
    }
    const as::family family = kind == "TCP4" ? as::family::ipv4 : as::family::ipv6;
    const std::string source = next_word(line);
    const std::string destination = next_word(line);
    const std::string source_port = next_word(line);
    const auto from = address_of(family, source, source_port);
    const auto to = address_of(family, destination, std::string(line));
    if (!from || !to) {
        return false;
    }
    told = {*from, *to};
    return true;
}

// What is behind the signature. More than the addresses may be there, which is nobody's here.
bool parse_v2(unsigned char command, unsigned char kind, std::string_view body, passage& told)
{
    if (command == v2_local) { // whatever follows
        told.is_own = true;
        return true;
    }
    if (command != v2_proxied || kind >> 4 > v2_last_family || (kind & 0xfU) > v2_last_transport) {
        return false;
    }
    if (kind != v2_ipv4 && kind != v2_ipv6) {
        return true; // not known here, which is not wrong
    }
    const as::family family = kind == v2_ipv4 ? as::family::ipv4 : as::family::ipv6;
    const std::size_t size = bytes_within_system(family).size;
    if (body.size() < 2 * size + 4) {
        return false;
    }
    told = {address_of(family, body, number_at(body, 2 * size)),
            address_of(family, body.substr(size), number_at(body, 2 * size + 2))};
    return true;
}

// Of a header that has not come whole. The room has none for longer ones.
as::result reason_of(const as::text_read& failed)
{
    return failed == as::how::no_room ? as::result(as::how::invalid) : as::result(failed.outcome());
}

} // namespace

std::string header_of(proxy_version version, const passage& told)
{
    switch (version) {
    case proxy_version::v1:
        return v1_of(told);
    case proxy_version::v2:
        return v2_of(told);
    default:
        return {};
    }
}

as::task<as::result> read_header(as::stream& from, header_room& room, passage& told, std::span<const char>& early,
                                 as::deadline until)
{
    as::reader in(from, room);
    const as::text_read begun = co_await in.exactly(signature.size(), until);
    if (!begun) {
        co_return begun.outcome();
    }
    const std::string start(*begun);
    bool is_header = false;
    if (start == signature) {
        const as::text_read head = co_await in.exactly(4, until);
        if (!head) {
            co_return head.outcome();
        }
        const auto command = static_cast<unsigned char>((*head)[0]);
        const auto kind = static_cast<unsigned char>((*head)[1]);
        const as::text_read body = co_await in.exactly(number_at(*head, 2), until);
        if (!body) {
            co_return reason_of(body);
        }
        is_header = parse_v2(command, kind, *body, told);
    } else if (start.starts_with(v1_start)) {
        const as::text_read rest = co_await in.until("\r\n", until);
        if (!rest) {
            co_return reason_of(rest);
        }
        const std::string line = start + std::string(*rest);
        is_header = line.size() + 2 <= v1_longest && parse_v1(line, told);
    }
    early = {in.rest().data(), in.rest().size()};
    co_return is_header ? as::how::done : as::how::invalid;
}

} // namespace async_relay
