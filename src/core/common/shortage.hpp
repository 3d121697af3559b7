// A system that has no descriptors or memory left for a while: what waits for it to have some again says so
// once, and asks at growing distances.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstdint>

namespace async_socket::core {

// Whether it lasts. Any thread.
class shortage {
public:
    // True if it has just begun.
    [[nodiscard]] bool begin() noexcept { return !lasts_.exchange(true, std::memory_order_relaxed); }
    void end() noexcept { lasts_.store(false, std::memory_order_relaxed); }

private:
    std::atomic<bool> lasts_{false};
};

// The pauses of one that asks again and again.
class back_off {
public:
    [[nodiscard]] std::uint32_t next_ms() noexcept
    {
        const std::uint32_t now = pause_ms_;
        pause_ms_ = std::min(pause_ms_ * 2, longest_ms);
        return now;
    }

private:
    static constexpr std::uint32_t longest_ms = 100;

    std::uint32_t pause_ms_ = 1;
};

} // namespace async_socket::core
