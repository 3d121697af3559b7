#include <cstddef>
#include <cstdint>
#include <cstring>

#include "core/platform/system_address.hpp"
#include "win32/system/win.hpp"

namespace async_socket::backend {

namespace {

static_assert(sizeof(as_address) == 136 && sizeof(as_address::system) == sizeof(sockaddr_storage));
static_assert(alignof(as_address) >= alignof(sockaddr_storage));

using system_family_type = decltype(sockaddr::sa_family);

template <typename Form>
as_address stored(const Form& form) noexcept
{
    as_address made{};
    std::memcpy(made.system, &form, sizeof form);
    made.size = sizeof form;
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

system_family_type system_family(const void* system) noexcept
{
    static_assert(offsetof(sockaddr, sa_family) == 0);
    return loaded<system_family_type>(system);
}

} // namespace

as_address address_of(const core::internet_address& internet) noexcept
{
    if (internet.family == AS_IPV4) {
        sockaddr_in form{};
        form.sin_family = AF_INET;
        form.sin_port = htons(internet.port);
        std::memcpy(&form.sin_addr, internet.bytes, sizeof form.sin_addr);
        return stored(form);
    }
    sockaddr_in6 form{};
    form.sin6_family = AF_INET6;
    form.sin6_port = htons(internet.port);
    form.sin6_scope_id = internet.scope;
    std::memcpy(&form.sin6_addr, internet.bytes, sizeof form.sin6_addr);
    return stored(form);
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
    default:
        return AS_NO_FAMILY;
    }
}

// Windows 10 has such addresses, with paths alone, and Wine has none; nobody has asked for them.
core::ending make_local_address(std::string_view, as_address&) noexcept
{
    return core::ending::not_available;
}

std::size_t print_local_address(const as_address&, char (&)[AS_ADDRESS_TEXT_SIZE]) noexcept
{
    return 0;
}

core::ending take_address(const void* system, std::size_t size, as_address& taken) noexcept
{
    if (size < sizeof(system_family_type)) {
        return core::ending::invalid;
    }
    switch (system_family(system)) {
    case AF_INET:
        return take_internet<sockaddr_in>(system, size, taken);
    case AF_INET6:
        return take_internet<sockaddr_in6>(system, size, taken);
    default:
        return core::ending::not_available;
    }
}

bool parse_ipv6(const char* text, std::uint8_t* bytes) noexcept
{
    return inet_pton(AF_INET6, text, bytes) == 1;
}

void print_internet(const core::internet_address& internet, char (&text)[internet_text_size]) noexcept
{
    (void)inet_ntop(internet.family == AS_IPV4 ? AF_INET : AF_INET6, internet.bytes, text, sizeof text);
}

// The system's own parser takes numbers only, and so do its tools: an interface's name may have spaces and any letters.
core::outcome find_interface(std::string_view, std::uint32_t&) noexcept
{
    return {core::ending::unreachable, 0, 0};
}

} // namespace async_socket::backend
