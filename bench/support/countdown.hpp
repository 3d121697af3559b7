// What the main thread waits for at the end. Not std::latch, nor std::atomic's wait: with GCC 12 for Windows they may
// miss the last count and wait for ever.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <mutex>

namespace bench {

class countdown {
public:
    explicit countdown(std::size_t count) noexcept : count_(count) {}

    void count_down()
    {
        const std::lock_guard lock(mutex_);
        if (--count_ == 0) {
            reached_zero_.notify_one(); // with the lock held: afterwards we may be gone
        }
    }

    void wait()
    {
        std::unique_lock lock(mutex_);
        reached_zero_.wait(lock, [this] { return count_ == 0; });
    }

private:
    std::mutex mutex_;
    std::condition_variable reached_zero_;
    std::size_t count_;
};

} // namespace bench
