// How many threads wait for a word in memory to change. Nobody does nearly always, and then waking is no system
// call.
#pragma once

#include <atomic>
#include <cstdint>

namespace async_socket::linux_os {

// A waiter: add(), then let the system compare the word and sleep, then remove(). A waker: change the word, then
// ask any(). No sleeper is missed: both change the count, one after the other. If the waiter is first, he is seen;
// if the waker is, the waiter sees the word's change, and does not sleep.
class waiter_count {
public:
    void add() noexcept { count_.fetch_add(1, std::memory_order_acq_rel); }
    void remove() noexcept { count_.fetch_sub(1, std::memory_order_relaxed); }
    [[nodiscard]] bool any() noexcept { return count_.fetch_add(0, std::memory_order_acq_rel) != 0; }

private:
    alignas(64) std::atomic<std::uint32_t> count_{0}; // on a cache line of its own
};

} // namespace async_socket::linux_os
