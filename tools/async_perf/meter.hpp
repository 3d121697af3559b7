// What a stream moves, counted while it does, and how long that takes.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>

#include "histogram.hpp"

namespace async_perf {

struct moved {
    std::uint64_t bytes = 0;
    std::uint64_t operations = 0;
    double seconds = 0;
};

class meter {
public:
    using clock = std::chrono::steady_clock;

    // As long as there is one, its time runs. Once.
    class running {
    public:
        explicit running(meter& timed) noexcept : timed_(timed) { timed.begun_ = clock::now(); }
        ~running() { timed_.ended_ = clock::now(); }
        running(const running&) = delete;
        running& operator=(const running&) = delete;

    private:
        meter& timed_;
    };

    void count_bytes(std::uint64_t bytes) noexcept { bytes_.fetch_add(bytes, std::memory_order_relaxed); }
    void count_operation() noexcept { operations_.fetch_add(1, std::memory_order_relaxed); }
    void count(std::uint64_t bytes) noexcept
    {
        count_bytes(bytes);
        count_operation();
    }

    [[nodiscard]] std::uint64_t bytes() const noexcept { return bytes_; }
    [[nodiscard]] std::uint64_t operations() const noexcept { return operations_; }
    [[nodiscard]] bool was_begun() const noexcept { return begun_ != clock::time_point(); }
    // When it has ended.
    [[nodiscard]] moved sum() const noexcept
    {
        return {bytes_, operations_, std::chrono::duration<double>(ended_ - begun_).count()};
    }

    histogram latencies; // of whoever asks and waits for answers

private:
    std::atomic<std::uint64_t> bytes_{0};
    std::atomic<std::uint64_t> operations_{0};
    clock::time_point begun_;
    clock::time_point ended_;
};

} // namespace async_perf
