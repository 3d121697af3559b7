// A thread pool of the operating system.
#pragma once

#include <cstdint>

#include "core/backend.hpp"
#include "win32/srw_lock.hpp"
#include "win32/unique_handle.hpp"

namespace async_socket::backend {

class pool {
public:
    pool(win32::unique_threadpool threadpool, std::uint32_t minimum, std::uint32_t maximum) noexcept
        : threadpool_(std::move(threadpool)), minimum_(minimum), maximum_(maximum)
    {
    }

    // It has a maximum.
    [[nodiscard]] bool is_bounded() const noexcept { return maximum_ != 0; }
    [[nodiscard]] PTP_POOL threadpool() const noexcept { return threadpool_.get(); }

    // One more, or one less, callback that blocks its thread until other callbacks have run.
    void begin_blocking() noexcept;
    void end_blocking() noexcept;

private:
    [[nodiscard]] std::uint32_t raised_maximum() const noexcept;

    win32::unique_threadpool threadpool_;
    const std::uint32_t minimum_;
    const std::uint32_t maximum_; // 0: none
    win32::srw_lock lock_;
    std::uint32_t blocked_ = 0; // guarded by lock_
};

// As long as it lives, the calling thread waits for callbacks that a bounded pool may have no thread
// left to run, this one perhaps being the only one: the pool is lent one more.
class blocked_worker {
public:
    explicit blocked_worker(pool& pool) noexcept : pool_(pool) { pool_.begin_blocking(); }
    ~blocked_worker() { pool_.end_blocking(); }
    blocked_worker(const blocked_worker&) = delete;
    blocked_worker& operator=(const blocked_worker&) = delete;

private:
    pool& pool_;
};

} // namespace async_socket::backend
