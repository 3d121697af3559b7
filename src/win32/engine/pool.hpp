// A thread pool of the operating system.
#pragma once

#include <atomic>
#include <cstdint>

#include "core/engine/posted.hpp"
#include "core/platform/backend.hpp"
#include "win32/engine/pool_clock.hpp"
#include "win32/system/unique_handle.hpp"
#include "win32/thread/srw_lock.hpp"

namespace async_socket::backend {

class pool {
public:
    pool(win32::unique_threadpool threadpool, win32::unique_event event, std::uint32_t maximum) noexcept
        : threadpool_(std::move(threadpool)), event_(std::move(event)), maximum_(maximum), clock_(threadpool_.get())
    {
    }
    pool(const pool&) = delete;
    pool& operator=(const pool&) = delete;

    // The last one frees it.
    void release() noexcept;

    [[nodiscard]] PTP_POOL threadpool() const noexcept { return threadpool_.get(); }
    // For the operations in fast mode, on Wine (wine.hpp); nobody waits for it. Otherwise null.
    [[nodiscard]] HANDLE event() const noexcept { return event_.get(); }
    // A send that is cancelled says exactly what it has moved. Measured on Wine, and only there.
    [[nodiscard]] bool cut_sends_are_exact() const noexcept { return static_cast<bool>(event_); }

    // One more, or one less, thread of the pool that blocks until callbacks have run elsewhere.
    void begin_blocking() noexcept { count(blocked_, true); }
    void end_blocking() noexcept { count(blocked_, false); }
    // Somebody waits for callbacks that have not begun. Meanwhile a thread is lent for each that blocks.
    void begin_need() noexcept { count(needs_, true); }
    void end_need() noexcept { count(needs_, false); }
    // For who waits, now and then: if no thread was free meanwhile, a further one is lent, since those that are there
    // may be blocked in ways that nobody counts.
    void ask_again() noexcept;

    // See pool_prepare_posts.
    [[nodiscard]] bool prepare_posts() noexcept;
    void post(core::posted& called) noexcept;

    // Of the deadlines and timers of the engine.
    [[nodiscard]] win32::pool_clock& clock() noexcept { return clock_; }

private:
    static VOID CALLBACK on_post(PTP_CALLBACK_INSTANCE instance, PVOID context, PTP_WORK work) noexcept;
    [[nodiscard]] core::posted& next_posted() noexcept;

    static VOID CALLBACK on_probe(PTP_CALLBACK_INSTANCE instance, PVOID context) noexcept;

    // One more of `what`, or one less.
    void count(std::uint32_t& what, bool one_more) noexcept;

    // All of these: under the lock.
    // Makes the pool's maximum what it should be now.
    void adjust() noexcept;
    // A callback that does nothing. A pool whose threads all block starts one for what is submitted, and for nothing
    // else; and when it has run, a thread was free.
    void probe() noexcept;

    std::atomic<std::uint32_t> references_{1}; // the engine's, and one for each probe
    win32::unique_threadpool threadpool_;
    win32::unique_event event_;
    const std::uint32_t maximum_;
    win32::srw_lock lock_;
    std::uint32_t blocked_ = 0;
    std::uint32_t needs_ = 0;
    std::uint32_t further_ = 0; // threads that were asked for beyond those that are blocked
    std::uint32_t lent_ = 0;
    bool is_refused_ = false;              // the last callback that was submitted
    std::atomic<std::uint32_t> probes_{0}; // that have not run yet
    // Only of an engine that needs it: as long as it is there the system keeps the module.
    std::atomic<bool> can_post_{false};
    win32::unique_threadpool_work work_;
    core::list<core::posted> posted_; // one callback of work_ each
    win32::pool_clock clock_;
};

// As long as it lives, the calling thread waits for callbacks that have not begun, and that the pool may have no
// thread left to run, this one perhaps being the only one.
class thread_need {
public:
    // `counted`: as a thread that blocks, already.
    thread_need(pool& pool, bool counted) noexcept : pool_(pool), counted_(counted)
    {
        if (!counted_) {
            pool_.begin_blocking(); // a work item of the user's, perhaps
        }
        pool_.begin_need();
    }
    ~thread_need()
    {
        pool_.end_need();
        if (!counted_) {
            pool_.end_blocking();
        }
    }
    thread_need(const thread_need&) = delete;
    thread_need& operator=(const thread_need&) = delete;

    // From time to time, while it waits.
    void ask_again() const noexcept { pool_.ask_again(); }

private:
    pool& pool_;
    const bool counted_;
};

} // namespace async_socket::backend
