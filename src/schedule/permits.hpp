// How many threads of a pool may run callbacks. A thread keeps its permit from one callback to the next, so nobody
// asks here while enough are left.
#pragma once

#include <atomic>
#include <cstdint>

namespace async_socket::schedule {

class permits {
public:
    explicit permits(std::uint32_t count) noexcept
        : count_(static_cast<std::int32_t>(count)), free_(static_cast<std::int32_t>(count))
    {
    }

    // False: there is none.
    [[nodiscard]] bool take() noexcept
    {
        std::int32_t left = free_.load();
        while (left > 0 && !free_.compare_exchange_weak(left, left - 1, std::memory_order_seq_cst)) {
        }
        return left > 0;
    }
    // Whether there is one or not.
    void take_anyway() noexcept { free_.fetch_sub(1, std::memory_order_seq_cst); }
    void give() noexcept { free_.fetch_add(1, std::memory_order_seq_cst); }
    [[nodiscard]] bool any() const noexcept { return free_.load() > 0; }
    [[nodiscard]] std::int32_t in_use() const noexcept { return count_ - free_.load(); }

    // A loop has jobs and no permit: says so, and only then asks for the last time. Whoever gives one back looks here
    // only then. So, all of it being in one order, one of the two sees the other.
    void want() noexcept { wanted_.fetch_add(1, std::memory_order_seq_cst); }
    void want_no_more() noexcept { wanted_.fetch_sub(1, std::memory_order_seq_cst); }
    [[nodiscard]] bool are_wanted() const noexcept { return wanted_.load() != 0; }

private:
    const std::int32_t count_;
    std::atomic<std::int32_t> free_; // below 0 after take_anyway
    std::atomic<std::uint32_t> wanted_{0};
};

} // namespace async_socket::schedule
