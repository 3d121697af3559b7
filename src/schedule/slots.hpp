// The items of one home: memory that is used again, and not freed before the home is. So whoever holds the index of an
// item that has gone meanwhile finds one at its place, and can see that it is another one. LINUX_14_002
#pragma once

#include <atomic>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <new>

#include "core/common/lock.hpp"

namespace async_socket::schedule {

// An `Item` is made of its home and its index, for good, and keeps the link to the next free one while it is free.
template <typename Item, typename Home>
class slots {
public:
    explicit slots(Home& home) noexcept : home_(home) {}
    ~slots()
    {
        for (std::uint32_t index = 0; index < used_; ++index) {
            at(index).~Item();
        }
        for (const std::atomic<Item*>& block : blocks_) {
            std::free(block.load(std::memory_order_relaxed));
        }
    }
    slots(const slots&) = delete;
    slots& operator=(const slots&) = delete;

    // Null when memory is out.
    [[nodiscard]] Item* take() noexcept
    {
        const core::lock::scope scope(lock_);
        Item* taken = free_;
        if (taken != nullptr) {
            free_ = taken->next_free();
        } else {
            taken = add();
        }
        in_use_.store(in_use() + (taken != nullptr ? 1 : 0), std::memory_order_relaxed);
        return taken;
    }

    void give_back(Item& item) noexcept
    {
        const core::lock::scope scope(lock_);
        item.set_next_free(free_);
        free_ = &item;
        in_use_.store(in_use() - 1, std::memory_order_relaxed);
    }

    // How many are taken. For any thread; the number may be a moment old.
    [[nodiscard]] std::uint32_t in_use() const noexcept { return in_use_.load(std::memory_order_relaxed); }

    // `index` is that of an item that has been taken, ever. For any thread, without a lock.
    [[nodiscard]] Item& at(std::uint32_t index) const noexcept
    {
        const place where = place_of(index);
        return blocks_[where.block].load(std::memory_order_acquire)[where.offset];
    }

private:
    // Each block has twice as many slots as the one before, so blocks never move and are few.
    static constexpr std::uint32_t first_block_bits = 4;
    static constexpr std::size_t block_count = 28;

    struct place {
        std::uint32_t block;
        std::uint32_t offset;
    };

    [[nodiscard]] static place place_of(std::uint32_t index) noexcept
    {
        const std::uint64_t shifted = index + (std::uint64_t{1} << first_block_bits);
        const auto bits = static_cast<std::uint32_t>(std::bit_width(shifted) - 1) % 64; // which says: it is not 0
        return {bits - first_block_bits, static_cast<std::uint32_t>(shifted ^ (std::uint64_t{1} << bits))};
    }

    // Under the lock. Null when memory is out.
    [[nodiscard]] Item* add() noexcept
    {
        const place where = place_of(used_);
        if (where.block >= block_count) {
            return nullptr;
        }
        Item* block = blocks_[where.block].load(std::memory_order_relaxed);
        if (block == nullptr) {
            const std::size_t count = std::size_t{1} << (where.block + first_block_bits);
            block = static_cast<Item*>(std::malloc(count * sizeof(Item)));
            if (block == nullptr) {
                return nullptr;
            }
            blocks_[where.block].store(block, std::memory_order_release);
        }
        return new (block + where.offset) Item(home_, used_++);
    }

    Home& home_;
    core::lock lock_;
    std::atomic<Item*> blocks_[block_count]{};
    std::atomic<std::uint32_t> in_use_{0}; // changed under the lock
    std::uint32_t used_ = 0;               // slots with an item in them
    Item* free_ = nullptr;                 // of those
};

} // namespace async_socket::schedule
