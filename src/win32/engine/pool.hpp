// A thread pool of the operating system.
#pragma once

#include <cstdint>

#include "core/backend.hpp"
#include "win32/system/srw_lock.hpp"
#include "win32/system/unique_handle.hpp"

namespace async_socket::backend {

class pool {
public:
    pool(win32::unique_threadpool threadpool, win32::unique_event event, std::uint32_t minimum,
         std::uint32_t maximum) noexcept
        : threadpool_(std::move(threadpool)), event_(std::move(event)), minimum_(minimum), maximum_(maximum)
    {
    }

    // It has a maximum.
    [[nodiscard]] bool is_bounded() const noexcept { return maximum_ != 0; }
    [[nodiscard]] PTP_POOL threadpool() const noexcept { return threadpool_.get(); }
    // For the operations in fast mode, on Wine (wine.hpp); nobody waits for it. Otherwise null.
    [[nodiscard]] HANDLE event() const noexcept { return event_.get(); }

    // One more, or one less, thread of the pool that blocks until callbacks have run elsewhere.
    void begin_blocking() noexcept;
    void end_blocking() noexcept;
    // Somebody waits for callbacks that have not begun. Meanwhile a thread is lent for each that blocks.
    void begin_need() noexcept;
    void end_need() noexcept;
    // For who waits, now and then: if the system had no thread to lend, it is asked for one once more;
    // otherwise a further one is lent, since those that are there may be blocked in ways that nobody counts.
    void ask_again() noexcept;

private:
    // All of these: under the lock.
    [[nodiscard]] std::uint32_t wanted() const noexcept;
    // Makes the pool's limits what they should be now.
    void adjust() noexcept;

    win32::unique_threadpool threadpool_;
    win32::unique_event event_;
    const std::uint32_t minimum_;
    const std::uint32_t maximum_; // 0: none
    win32::srw_lock lock_;
    std::uint32_t blocked_ = 0;
    std::uint32_t needs_ = 0;
    std::uint32_t further_ = 0; // threads that were asked for beyond those that are blocked
    std::uint32_t lent_ = 0;
};

// As long as it lives, the calling thread waits for callbacks that have not begun, and that a pool with
// a maximum may have no thread left to run, this one perhaps being the only one.
class thread_need {
public:
    explicit thread_need(pool& pool) noexcept : pool_(pool) { pool_.begin_need(); }
    ~thread_need() { pool_.end_need(); }
    thread_need(const thread_need&) = delete;
    thread_need& operator=(const thread_need&) = delete;

    // From time to time, while it waits.
    void ask_again() const noexcept { pool_.ask_again(); }

private:
    pool& pool_;
};

} // namespace async_socket::backend
