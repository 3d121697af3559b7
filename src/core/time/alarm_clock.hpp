// The deadlines of the operations, and the idle times of the streams, that share a clock: a loop's on Linux, an
// engine's on Windows. A timing wheel with a lock, and until when whoever tells the time may sleep.
//
//     the lane, when an operation has to wait:   if (clock.arm(operation)) { ... wake who sleeps until next() ... }
//     whoever tells the time, again and again:   clock.ring(so_many); ... sleeps until clock.next(), or anything else
//     whoever ends it:                           alarm_clock::disarm(operation), before the callback
//
// What comes due is held (operation_holds.hpp) as long as the lock lasts in which it was found, so an operation cannot
// come to its callback; then it is ended without the lock, by stop_operation. So a lane may arm under its own lock.
#pragma once

#include <atomic>
#include <cstdint>

#include "core/common/hot_path.hpp"
#include "core/common/lock.hpp"
#include "core/platform/clock.hpp"
#include "core/time/operation_alarm.hpp"
#include "core/time/timing_wheel.hpp"

namespace async_socket::core {

// Any thread.
class alarm_clock {
public:
    alarm_clock() = default;
    alarm_clock(const alarm_clock&) = delete;
    alarm_clock& operator=(const alarm_clock&) = delete;

    // For its time. From now on it may come due at any moment. True: next() has become earlier. Moves one that is armed
    // here; it may not be armed in another clock. By one thread at a time.
    ASYNC_SOCKET_APART [[nodiscard]] bool arm(clock_alarm& armed) noexcept;
    // False if it is in no clock, or has come due already: then whoever rings does what it is about. It may not be
    // armed meanwhile.
    ASYNC_SOCKET_APART static bool disarm(clock_alarm& disarmed) noexcept;

    // The same of an operation's that is timed: once, before it can end.
    [[nodiscard]] bool arm(operation& timed) noexcept { return arm(operation_alarm::of(timed)); }
    static bool disarm(operation& ended) noexcept
    {
        return ended.is_timed && operation_alarm::of(ended).was_armed() && disarm(operation_alarm::of(ended));
    }

    // Until when nothing comes due. 0: something is; AS_NEVER: nothing is armed. It may be too early: nobody tells it
    // of what was disarmed.
    [[nodiscard]] std::uint64_t next() const noexcept { return next_.load(std::memory_order_relaxed); }
    // The same, without what was disarmed.
    [[nodiscard]] std::uint64_t look() noexcept;

    // Does what those are about that have come due, `most` of them; what is left is due at the next ring. Reads the
    // time only if something is armed.
    void ring(std::uint32_t most) noexcept
    {
        if (next() != AS_NEVER) {
            ring_at(backend::now_ns(), most);
        }
    }

private:
    ASYNC_SOCKET_APART void ring_at(std::uint64_t now_ns, std::uint32_t most) noexcept;
    // With a hold, which is the caller's; null if none is due.
    [[nodiscard]] clock_alarm* take_due(std::uint64_t now_ns) noexcept;
    [[nodiscard]] bool remove(clock_alarm& alarm) noexcept;
    // Under the lock.
    std::uint64_t note_next() noexcept;

    lock lock_;
    timing_wheel wheel_;
    std::atomic<std::uint64_t> next_{AS_NEVER}; // changed under the lock
};

} // namespace async_socket::core
