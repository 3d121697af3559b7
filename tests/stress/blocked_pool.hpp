// An engine whose every thread is blocked in a callback.
#pragma once

#include <cstdint>
#include <string>

namespace stress {

struct pool_size {
    const char* name;
    std::uint32_t minimum;
    std::uint32_t maximum; // 0: none; then as many callbacks are blocked as the pool surely has no threads for
};

inline constexpr pool_size pool_sizes[] = {
    {"OneThread", 1, 1},
    {"TwoThreads", 2, 2},
    {"Default", 4, 0},
};

// Blocks all threads, starts operations on other sockets and lets their peers answer, closes one of them
// from outside, and lets the threads go: each operation ends, once, with its bytes. What is wrong; empty
// if nothing is.
[[nodiscard]] std::string run_blocked_pool(const pool_size& size);

} // namespace stress
