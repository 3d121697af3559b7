#include "linux/socket/channel_slots.hpp"

#include <bit>
#include <cstdlib>
#include <new>

#include "linux/socket/channel.hpp"

namespace async_socket::linux_os {

channel_slots::~channel_slots()
{
    for (std::uint32_t index = 0; index < used_; ++index) {
        at(index).~channel();
    }
    for (const std::atomic<backend::channel*>& block : blocks_) {
        std::free(block.load(std::memory_order_relaxed));
    }
}

std::size_t channel_slots::slots_in(std::uint32_t block) noexcept
{
    return std::size_t{1} << (block + first_block_bits);
}

channel_slots::place channel_slots::place_of(std::uint32_t index) noexcept
{
    const std::uint64_t shifted = index + (std::uint64_t{1} << first_block_bits);
    const auto bits = static_cast<std::uint32_t>(std::bit_width(shifted)) - 1;
    return {bits - first_block_bits, static_cast<std::uint32_t>(shifted - (std::uint64_t{1} << bits))};
}

backend::channel& channel_slots::at(std::uint32_t index) const noexcept
{
    const place where = place_of(index);
    return blocks_[where.block].load(std::memory_order_acquire)[where.offset];
}

backend::channel* channel_slots::take() noexcept
{
    const core::lock::scope scope(lock_);
    backend::channel* const taken = find();
    if (taken != nullptr) {
        in_use_.store(in_use() + 1, std::memory_order_relaxed);
    }
    return taken;
}

backend::channel* channel_slots::find() noexcept
{
    if (free_ != nullptr) {
        backend::channel* const taken = free_;
        free_ = taken->next_free();
        return taken;
    }
    const place where = place_of(used_);
    if (where.block >= block_count) {
        return nullptr;
    }
    backend::channel* block = blocks_[where.block].load(std::memory_order_relaxed);
    if (block == nullptr) {
        block = static_cast<backend::channel*>(std::malloc(slots_in(where.block) * sizeof(backend::channel)));
        if (block == nullptr) {
            return nullptr;
        }
        blocks_[where.block].store(block, std::memory_order_release);
    }
    return new (block + where.offset) backend::channel(home_, used_++);
}

void channel_slots::give_back(backend::channel& channel) noexcept
{
    const core::lock::scope scope(lock_);
    channel.set_next_free(free_);
    free_ = &channel;
    in_use_.store(in_use() - 1, std::memory_order_relaxed);
}

} // namespace async_socket::linux_os
