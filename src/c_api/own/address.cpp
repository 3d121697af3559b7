#include "async_socket/address.h"

#include <cstddef>
#include <cstdint>

#include "core/address/address.hpp"
#include "core/address/address_text.hpp"
#include "core/operation/outcome.hpp"
#include "core/platform/system_address.hpp"

using namespace async_socket;

namespace {

constexpr as_outcome no_argument = core::told(core::ending::invalid);

std::size_t print(const as_address* address, core::port_in_text with_port, char* text, std::size_t size) noexcept
{
    if (text == nullptr || size == 0) {
        return 0;
    }
    return core::print_address(address != nullptr ? *address : as_address{}, with_port, text, size);
}

} // namespace

extern "C" as_outcome as_address_parse(as_address* address, const char* text, std::uint16_t port)
{
    return address != nullptr && text != nullptr ? core::told(core::parse_address(text, port, *address)) : no_argument;
}

extern "C" as_outcome as_address_parse_with_port(as_address* address, const char* text)
{
    return address != nullptr && text != nullptr ? core::told(core::parse_address_with_port(text, *address))
                                                 : no_argument;
}

extern "C" as_outcome as_address_unix(as_address* address, const char* path, std::size_t size)
{
    return address != nullptr && path != nullptr && size != 0
               ? core::told(backend::make_local_address({path, size}, *address))
               : no_argument;
}

extern "C" as_outcome as_address_any(as_address* address, as_family family, std::uint16_t port)
{
    return address != nullptr ? core::told(core::make_any(family, port, *address)) : no_argument;
}

extern "C" as_outcome as_address_loopback(as_address* address, as_family family, std::uint16_t port)
{
    return address != nullptr ? core::told(core::make_loopback(family, port, *address)) : no_argument;
}

extern "C" as_family as_address_family(const as_address* address)
{
    return address != nullptr ? backend::family_of(*address) : AS_NO_FAMILY;
}

extern "C" std::uint16_t as_address_port(const as_address* address)
{
    return address != nullptr ? core::port_of(*address) : std::uint16_t{0};
}

extern "C" as_outcome as_address_set_port(as_address* address, std::uint16_t port)
{
    return address != nullptr ? core::told(core::set_port(*address, port)) : no_argument;
}

extern "C" bool as_address_equal(const as_address* one, const as_address* other)
{
    constexpr as_address none{};
    return core::are_equal(one != nullptr ? *one : none, other != nullptr ? *other : none);
}

extern "C" std::size_t as_address_text(const as_address* address, char* text, std::size_t size)
{
    return print(address, core::port_in_text::no, text, size);
}

extern "C" std::size_t as_address_text_with_port(const as_address* address, char* text, std::size_t size)
{
    return print(address, core::port_in_text::yes, text, size);
}

extern "C" const void* as_address_system(const as_address* address, std::size_t* size)
{
    const std::size_t found = address != nullptr ? address->size : 0;
    if (size != nullptr) {
        *size = found;
    }
    return found != 0 ? address->system : nullptr;
}

extern "C" as_outcome as_address_from_system(as_address* address, const void* system, std::size_t size)
{
    return address != nullptr && system != nullptr ? core::told(backend::take_address(system, size, *address))
                                                   : no_argument;
}
