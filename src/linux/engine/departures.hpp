// The threads of a pool as they end. That a thread is not in the library's code any more is known only once it has been
// joined. So each one that ends joins the one that ended before it: however many come and go, no more than one is left,
// and whoever joins that one has seen the end of all. LINUX_15_010
#pragma once

#include <pthread.h>

#include <atomic>
#include <cstdint>

#include "core/platform/address_wait.hpp"

namespace async_socket::linux_os {

class departures {
public:
    // For one who waits: the thread that was the last to end.
    class last_one {
    public:
        last_one() = default;
        last_one(const last_one&) = delete;
        last_one& operator=(const last_one&) = delete;

        // Once, by whoever frees the pool. The last touch.
        void is(pthread_t thread) noexcept
        {
            thread_ = thread;
            is_known_.store(1, std::memory_order_release);
            backend::wake_all(is_known_);
        }
        // Returns once it has ended.
        void wait() const noexcept
        {
            while (is_known_.load(std::memory_order_acquire) == 0) {
                backend::wait_while_equal(is_known_, 0);
            }
            join(thread_);
        }

    private:
        std::atomic<std::uint32_t> is_known_{0};
        pthread_t thread_{};
    };

    // By a thread, before it gives its reference to the pool back.
    void leave() noexcept { join(last_.exchange(pthread_self(), std::memory_order_acq_rel)); }

    // By whoever frees the pool, when no thread has a reference any more. It may be one of them.
    [[nodiscard]] pthread_t last() const noexcept { return last_.load(std::memory_order_relaxed); }

    // None is waited for, now or later: the system forgets it when it has ended.
    static void let_go(pthread_t thread) noexcept
    {
        if (thread != none) {
            (void)pthread_detach(thread);
        }
    }

private:
    static constexpr pthread_t none{};

    static void join(pthread_t thread) noexcept
    {
        if (thread != none) {
            (void)pthread_join(thread, nullptr);
        }
    }

    std::atomic<pthread_t> last_{none};
};

} // namespace async_socket::linux_os
