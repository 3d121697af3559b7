// The small part of a platform that the core leans on, for tests: core/platform/address_wait.hpp by a futex
// (WaitOnAddress on Windows), core/platform/last_error.hpp by errno, core/platform/error_text.hpp by words of its own
// (which change errno), core/platform/thread_slot.hpp by thread_local. What it adds is that a test sees who waits.
#pragma once

#include <cstdint>

namespace async_socket::test {

// The error for which the system has no words.
constexpr std::uint32_t wordless_error = 4711;

// Waits until that many threads are in backend::wait_while_equal; false if it did not happen in time.
[[nodiscard]] bool wait_until_blocked(int threads);

// While one lives, wait_while_equal returns at once, as its contract allows.
class early_returns {
public:
    early_returns();
    ~early_returns();
    early_returns(const early_returns&) = delete;
    early_returns& operator=(const early_returns&) = delete;
};

// While one lives, thread_slot_prepare fails.
class no_thread_slots {
public:
    no_thread_slots();
    ~no_thread_slots();
    no_thread_slots(const no_thread_slots&) = delete;
    no_thread_slots& operator=(const no_thread_slots&) = delete;
};

} // namespace async_socket::test
