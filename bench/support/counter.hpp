// A count that one thread at a time raises and the main thread reads: mostly without a locked instruction.
#pragma once

#include <atomic>
#include <cstdint>

namespace bench {

class counter {
public:
    void add(std::uint64_t more) noexcept { value_.store(value() + more, std::memory_order_relaxed); }
    // When others may do so at the same time.
    void add_shared(std::uint64_t more) noexcept { value_.fetch_add(more, std::memory_order_relaxed); }
    [[nodiscard]] std::uint64_t value() const noexcept { return value_.load(std::memory_order_relaxed); }

private:
    std::atomic<std::uint64_t> value_{0};
};

} // namespace bench
