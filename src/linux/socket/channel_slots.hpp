// The channels of one loop: memory that is used again, and not freed before the loop is. So whoever holds
// an event of a channel that was closed meanwhile finds a channel at its place, compares the generations
// under the lane's lock, and leaves. LINUX_14_002
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>

#include "core/backend.hpp"
#include "core/lock.hpp"

namespace async_socket::linux_os {

class loop;

class channel_slots {
public:
    explicit channel_slots(loop& home) noexcept : home_(home) {}
    ~channel_slots();
    channel_slots(const channel_slots&) = delete;
    channel_slots& operator=(const channel_slots&) = delete;

    // Null when memory is out.
    [[nodiscard]] backend::channel* take() noexcept;
    void give_back(backend::channel& channel) noexcept;
    // How many are taken. For any thread; the number may be a moment old.
    [[nodiscard]] std::uint32_t in_use() const noexcept { return in_use_.load(std::memory_order_relaxed); }

    // `index` is that of a channel that has been taken, ever. For any thread, without a lock.
    [[nodiscard]] backend::channel& at(std::uint32_t index) const noexcept;

private:
    // Each block has twice as many slots as the one before, so blocks never move and are few.
    static constexpr std::uint32_t first_block_bits = 4;
    static constexpr std::size_t block_count = 28;

    struct place {
        std::uint32_t block;
        std::uint32_t offset;
    };
    // Under the lock. Null when memory is out.
    [[nodiscard]] backend::channel* find() noexcept;
    [[nodiscard]] static place place_of(std::uint32_t index) noexcept;
    [[nodiscard]] static std::size_t slots_in(std::uint32_t block) noexcept;

    loop& home_;
    core::lock lock_;
    std::atomic<backend::channel*> blocks_[block_count]{};
    std::atomic<std::uint32_t> in_use_{0}; // changed under the lock
    std::uint32_t used_ = 0;               // slots with a channel in them
    backend::channel* free_ = nullptr;     // of those
};

} // namespace async_socket::linux_os
