// The clock of a pool, whose time a timer object of the system's tells. It is set only when the next time gets earlier;
// what it calls ends what has come due, and calls nobody of the user's.
#pragma once

#include <atomic>
#include <cstdint>

#include "core/time/alarm_clock.hpp"
#include "win32/system/unique_handle.hpp"
#include "win32/thread/srw_lock.hpp"

namespace async_socket::win32 {

class pool_clock {
public:
    explicit pool_clock(PTP_POOL threadpool) noexcept : threadpool_(threadpool) {}
    // Waits for its callback, if one runs. Nothing is armed any more.
    ~pool_clock();
    pool_clock(const pool_clock&) = delete;
    pool_clock& operator=(const pool_clock&) = delete;

    // Whoever arms asks this before. False: the system has no timer. Only an engine that needs one has one: as long as
    // it is there the system keeps the module.
    [[nodiscard]] bool prepare() noexcept;

    // See core::alarm_clock.
    void arm(core::clock_alarm& armed) noexcept;

private:
    static VOID CALLBACK on_time(PTP_CALLBACK_INSTANCE instance, PVOID context, PTP_TIMER timer) noexcept;

    void ring() noexcept;
    // So that it rings when the clock's next time has come, unless that is too late already.
    void set() noexcept;

    const PTP_POOL threadpool_;
    core::alarm_clock clock_;
    srw_lock lock_;
    std::atomic<bool> is_prepared_{false};
    std::uint64_t set_for_ = AS_NEVER; // under the lock: the time that the system has; AS_NEVER: none
    unique_threadpool_timer timer_;    // last: its callback uses the others
};

} // namespace async_socket::win32
