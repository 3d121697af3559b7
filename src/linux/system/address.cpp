#include <arpa/inet.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstring>

#include "core/platform/system_address.hpp"
#include "linux/system/error.hpp"

namespace async_socket::backend {

namespace {

static_assert(sizeof(as_address) == 136 && sizeof(as_address::system) == sizeof(sockaddr_storage));
static_assert(alignof(as_address) >= alignof(sockaddr_un) && alignof(as_address) >= alignof(sockaddr_in6));
static_assert(internet_text_size == INET6_ADDRSTRLEN);
static_assert(AS_ADDRESS_TEXT_SIZE > sizeof(sockaddr_un::sun_path));

constexpr std::size_t path_place = offsetof(sockaddr_un, sun_path);

template <typename Form>
as_address stored(const Form& form, std::size_t size) noexcept
{
    as_address made{};
    std::memcpy(made.system, &form, size);
    made.size = static_cast<std::uint32_t>(size);
    return made;
}

template <typename Form>
Form loaded(const void* system) noexcept
{
    Form form;
    std::memcpy(&form, system, sizeof form);
    return form;
}

core::internet_address internet_in(const sockaddr_in& form) noexcept
{
    core::internet_address internet{AS_IPV4, ntohs(form.sin_port), 0, {}};
    std::memcpy(internet.bytes, &form.sin_addr, sizeof form.sin_addr);
    return internet;
}

core::internet_address internet_in(const sockaddr_in6& form) noexcept
{
    core::internet_address internet{AS_IPV6, ntohs(form.sin6_port), form.sin6_scope_id, {}};
    std::memcpy(internet.bytes, &form.sin6_addr, sizeof form.sin6_addr);
    return internet;
}

template <typename Form>
core::ending take_internet(const void* system, std::size_t size, as_address& taken) noexcept
{
    if (size < sizeof(Form)) {
        return core::ending::invalid;
    }
    taken = address_of(internet_in(loaded<Form>(system)));
    return core::ending::done;
}

// A path ends at its first 0, if it has one; the system counts it, and some count all that is behind it.
std::string_view path_in(const void* system, std::size_t size) noexcept
{
    const char* const path = static_cast<const char*>(system) + path_place;
    const std::size_t room = size - path_place;
    const bool is_abstract = room != 0 && *path == '\0';
    return {path, is_abstract ? room : ::strnlen(path, room)};
}

core::ending take_local(const void* system, std::size_t size, as_address& taken) noexcept
{
    const std::string_view path = path_in(system, size);
    if (!path.empty()) {
        return make_local_address(path, taken);
    }
    sockaddr_un nameless{};
    nameless.sun_family = AF_UNIX;
    taken = stored(nameless, path_place);
    return core::ending::done;
}

sa_family_t system_family(const void* system) noexcept
{
    static_assert(offsetof(sockaddr, sa_family) == 0);
    return loaded<sa_family_t>(system);
}

} // namespace

as_address address_of(const core::internet_address& internet) noexcept
{
    if (internet.family == AS_IPV4) {
        sockaddr_in form{};
        form.sin_family = AF_INET;
        form.sin_port = htons(internet.port);
        std::memcpy(&form.sin_addr, internet.bytes, sizeof form.sin_addr);
        return stored(form, sizeof form);
    }
    sockaddr_in6 form{};
    form.sin6_family = AF_INET6;
    form.sin6_port = htons(internet.port);
    form.sin6_scope_id = internet.scope;
    std::memcpy(&form.sin6_addr, internet.bytes, sizeof form.sin6_addr);
    return stored(form, sizeof form);
}

core::internet_address internet_of(const as_address& address) noexcept
{
    return system_family(address.system) == AF_INET ? internet_in(loaded<sockaddr_in>(address.system))
                                                    : internet_in(loaded<sockaddr_in6>(address.system));
}

as_family family_of(const as_address& address) noexcept
{
    switch (address.size != 0 ? system_family(address.system) : AF_UNSPEC) {
    case AF_INET:
        return AS_IPV4;
    case AF_INET6:
        return AS_IPV6;
    case AF_UNIX:
        return AS_UNIX;
    default:
        return AS_NO_FAMILY;
    }
}

core::ending make_local_address(std::string_view path, as_address& made) noexcept
{
    sockaddr_un form{};
    const bool is_abstract = path.front() == '\0';
    if (path.size() > sizeof form.sun_path || (!is_abstract && path.find('\0') != std::string_view::npos)) {
        return core::ending::invalid;
    }
    form.sun_family = AF_UNIX;
    std::memcpy(form.sun_path, path.data(), path.size());
    const bool has_zero = !is_abstract && path.size() < sizeof form.sun_path;
    made = stored(form, path_place + path.size() + (has_zero ? 1 : 0));
    return core::ending::done;
}

std::size_t print_local_address(const as_address& address, char (&text)[AS_ADDRESS_TEXT_SIZE]) noexcept
{
    if (family_of(address) != AS_UNIX) {
        return 0;
    }
    const std::string_view path = path_in(address.system, address.size);
    std::ranges::replace_copy(path, text, '\0', '@');
    return path.size();
}

core::ending take_address(const void* system, std::size_t size, as_address& taken) noexcept
{
    if (size < sizeof(sa_family_t)) {
        return core::ending::invalid;
    }
    switch (system_family(system)) {
    case AF_INET:
        return take_internet<sockaddr_in>(system, size, taken);
    case AF_INET6:
        return take_internet<sockaddr_in6>(system, size, taken);
    case AF_UNIX:
        return take_local(system, size, taken);
    default:
        return core::ending::not_available;
    }
}

bool parse_ipv6(const char* text, std::uint8_t* bytes) noexcept
{
    return ::inet_pton(AF_INET6, text, bytes) == 1;
}

void print_internet(const core::internet_address& internet, char (&text)[internet_text_size]) noexcept
{
    (void)::inet_ntop(internet.family == AS_IPV4 ? AF_INET : AF_INET6, internet.bytes, text, sizeof text);
}

core::outcome find_interface(std::string_view name, std::uint32_t& number) noexcept
{
    char terminated[IF_NAMESIZE]{};
    if (name.size() >= sizeof terminated) {
        return {core::ending::unreachable, 0, ENODEV};
    }
    std::memcpy(terminated, name.data(), name.size());
    number = ::if_nametoindex(terminated);
    if (number == 0) {
        return {linux_os::ending_of(errno), 0, static_cast<std::uint32_t>(errno)};
    }
    return {core::ending::done, 0, 0};
}

} // namespace async_socket::backend
