#include "core/resolve/address_list.hpp"

#include <algorithm>
#include <cstdlib>
#include <new>

#include "core/platform/system_address.hpp"

namespace async_socket::core {

address_list* address_list::create(std::uint32_t count) noexcept
{
    const std::uint32_t room = std::min(count, most);
    void* const memory = std::malloc(sizeof(address_list) + room * sizeof(as_address));
    return memory == nullptr ? nullptr : new (memory) address_list(room);
}

void address_list::destroy(address_list* list) noexcept
{
    std::free(list);
}

void address_list::add(const void* system, std::size_t size) noexcept
{
    if (count_ == room_) {
        return;
    }
    as_address& added = *new (addresses() + count_) as_address{};
    if (backend::take_address(system, size, added) == ending::done) {
        ++count_;
    }
}

address_list* address_list_traits::none() noexcept
{
    return nullptr;
}

void address_list_traits::close(type list) noexcept
{
    address_list::destroy(list);
}

} // namespace async_socket::core
