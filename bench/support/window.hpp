// The measured time, as the threads that do the work see it.
#pragma once

#include <atomic>
#include <cstdint>

namespace bench {

class window {
public:
    // Round trips that end now count.
    [[nodiscard]] bool is_open() const noexcept { return phase_.load(std::memory_order_relaxed) == phase::measuring; }
    // Time to come to an end.
    [[nodiscard]] bool is_over() const noexcept { return phase_.load(std::memory_order_relaxed) == phase::over; }

    void open() noexcept { phase_.store(phase::measuring, std::memory_order_relaxed); }
    void end() noexcept { phase_.store(phase::over, std::memory_order_relaxed); }

private:
    enum class phase : std::uint8_t { warming_up, measuring, over };
    std::atomic<phase> phase_{phase::warming_up};
};

} // namespace bench
