// A count that the main thread reads while others raise it.
#pragma once

#include <atomic>
#include <cstdint>

namespace bench {

class counter {
public:
    // By one thread at a time: no locked instruction.
    void add(std::uint64_t more) noexcept { value_.store(value() + more, std::memory_order_relaxed); }
    // By any.
    void add_shared(std::uint64_t more) noexcept { value_.fetch_add(more, std::memory_order_relaxed); }
    [[nodiscard]] std::uint64_t value() const noexcept { return value_.load(std::memory_order_relaxed); }

private:
    std::atomic<std::uint64_t> value_{0};
};

} // namespace bench
