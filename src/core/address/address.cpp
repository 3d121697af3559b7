#include "core/address/address.hpp"

#include <cstring>

#include "core/platform/system_address.hpp"

namespace async_socket::core {

ending make_any(as_family family, std::uint16_t port, as_address& made) noexcept
{
    if (!is_of_internet(family)) {
        return ending::invalid;
    }
    made = backend::address_of({family, port, 0, {}});
    return ending::done;
}

ending make_loopback(as_family family, std::uint16_t port, as_address& made) noexcept
{
    switch (family) {
    case AS_IPV4:
        made = backend::address_of({family, port, 0, {127, 0, 0, 1}});
        return ending::done;
    case AS_IPV6:
        made = backend::address_of({family, port, 0, {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1}});
        return ending::done;
    default:
        return ending::invalid;
    }
}

std::uint16_t port_of(const as_address& address) noexcept
{
    if (!is_of_internet(backend::family_of(address))) {
        return 0;
    }
    return backend::internet_of(address).port;
}

ending set_port(as_address& address, std::uint16_t port) noexcept
{
    if (!is_of_internet(backend::family_of(address))) {
        return ending::invalid;
    }
    internet_address changed = backend::internet_of(address);
    changed.port = port;
    address = backend::address_of(changed);
    return ending::done;
}

bool are_equal(const as_address& one, const as_address& other) noexcept
{
    return one.size == other.size && std::memcmp(one.system, other.system, one.size) == 0;
}

} // namespace async_socket::core
