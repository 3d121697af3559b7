#include "core/resolve/address_list.hpp"

#include <algorithm>
#include <cstdlib>
#include <new>

namespace async_socket::core {

address_list* address_list::create(std::uint32_t count) noexcept
{
    const std::uint32_t room = std::min(count, most);
    void* const memory = std::malloc(sizeof(address_list) + room * sizeof(address));
    return memory == nullptr ? nullptr : new (memory) address_list(room);
}

void address_list::destroy(address_list* list) noexcept
{
    std::free(list);
}

void address_list::add(const void* system_address, std::uint64_t size) noexcept
{
    if (count_ == room_ || size > address::room) {
        return;
    }
    address& added = *new (addresses() + count_++) address{static_cast<std::uint32_t>(size), {}};
    std::memcpy(added.bytes, system_address, size);
}

} // namespace async_socket::core
