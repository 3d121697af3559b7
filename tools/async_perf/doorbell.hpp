// One thread waits for something to look at, others ring. A ring while nobody waits is not lost.
#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>

namespace async_perf {

class doorbell {
public:
    void ring()
    {
        // Notified under the lock: whoever is woken may free the bell.
        const std::lock_guard lock(mutex_);
        rung_ = true;
        changed_.notify_one();
    }

    void wait_until(std::chrono::steady_clock::time_point deadline)
    {
        std::unique_lock lock(mutex_);
        changed_.wait_until(lock, deadline, [this] { return rung_; });
        rung_ = false;
    }

private:
    std::mutex mutex_;
    std::condition_variable changed_;
    bool rung_ = false;
};

} // namespace async_perf
