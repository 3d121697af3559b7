#include "core/connect/field.hpp"

#include <cstdlib>
#include <memory>
#include <new>

#include "core/connect/address_order.hpp"

namespace async_socket::core {

static_assert(alignof(runner) <= alignof(field) && alignof(race::attempt) <= alignof(runner));

field* field::create(std::span<const as_address> addresses, std::uint64_t delay_ns) noexcept
{
    const std::size_t count = addresses.size();
    void* const memory = std::malloc(sizeof(field) + count * (sizeof(runner) + sizeof(race::attempt)));
    if (memory == nullptr) {
        return nullptr;
    }
    auto* const runners = reinterpret_cast<runner*>(static_cast<field*>(memory) + 1);
    auto* const attempts = reinterpret_cast<race::attempt*>(runners + count);
    std::uninitialized_value_construct_n(runners, count);
    std::uninitialized_value_construct_n(attempts, count);
    std::uint32_t order[most];
    interleave(addresses, {order, count});
    for (std::size_t i = 0; i < count; ++i) {
        runners[i].address = addresses[order[i]];
    }
    return new (memory) field({runners, count}, {attempts, count}, delay_ns);
}

void field::destroy(field* field) noexcept
{
    std::free(field);
}

} // namespace async_socket::core
