// Waiting until a word in memory changes: WaitOnAddress on Windows, a futex on Linux. Implemented by
// the platform. Every point at which the library blocks on another of its threads is one of these.
#pragma once

#include <atomic>
#include <cstdint>

namespace async_socket::backend {

// Returns soon after `word` stopped being `value`, at once if it is not; may return early.
void wait_while_equal(const std::atomic<std::uint32_t>& word, std::uint32_t value) noexcept;

// As above, and returns when `timeout_ms` milliseconds have passed.
void wait_while_equal(const std::atomic<std::uint32_t>& word, std::uint32_t value, std::uint32_t timeout_ms) noexcept;

// Wakes all who wait on `word`. Uses the address only: the memory may be gone.
void wake_all(std::atomic<std::uint32_t>& word) noexcept;

} // namespace async_socket::backend
