// A lock for rare and short use in the core, taken for one scope.
#pragma once

#include <atomic>
#include <cstdint>

#include "core/common/hot_path.hpp"
#include "core/platform/address_wait.hpp"

namespace async_socket::core {

class lock {
public:
    class scope {
    public:
        explicit scope(lock& lock) noexcept : lock_(lock) { lock_.acquire(); }
        ~scope() { lock_.release(); }
        scope(const scope&) = delete;
        scope& operator=(const scope&) = delete;

    private:
        lock& lock_;
    };

    constexpr lock() = default;
    lock(const lock&) = delete;
    lock& operator=(const lock&) = delete;

    // Of this instant only; true for good where there is one thread.
    [[nodiscard]] bool is_free() const noexcept { return word_.load(std::memory_order_relaxed) == free; }

private:
    enum : std::uint32_t { free, held, held_and_waited_for };

    void acquire() noexcept
    {
        std::uint32_t seen = free;
        if (!word_.compare_exchange_strong(seen, held, std::memory_order_acquire)) {
            wait();
        }
    }
    ASYNC_SOCKET_APART void wait() noexcept
    {
        while (word_.exchange(held_and_waited_for, std::memory_order_acquire) != free) {
            backend::wait_while_equal(word_, held_and_waited_for);
        }
    }

    void release() noexcept
    {
        if (word_.exchange(free, std::memory_order_release) == held_and_waited_for) {
            backend::wake_all(word_);
        }
    }

    std::atomic<std::uint32_t> word_{free};
};

} // namespace async_socket::core
