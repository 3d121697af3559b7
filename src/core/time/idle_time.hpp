// How long a stream may be idle: if something has been pending for so long without a break, and no byte has moved
// meanwhile in either direction, whatever is pending ends as timed out.
//
// Whoever moves bytes, or lets an operation wait where none did, notes when, under the lock of the lane, and does
// nothing else: a look at the clock and a store. The alarm stays where it is. When it comes due, the idle time asks its
// channel what is pending (backend::channel_end_idle), and looks at what has been noted. Then everything that is
// pending is ended, or it was too early; in both cases the alarm is armed again, for when the time may be over next. It
// is armed as long as the stream has an idle time, also while nothing is pending, so no operation has to look at it.
//
// A stream that has none is a null pointer the larger.
#pragma once

#include <cstdint>

#include "async_socket/deadline.h"
#include "core/common/hot_path.hpp"
#include "core/common/lock.hpp"
#include "core/operation/operation_holds.hpp"
#include "core/operation/operation_kind.hpp"
#include "core/operation/outcome.hpp"
#include "core/platform/clock.hpp"
#include "core/time/clock_alarm.hpp"

namespace async_socket::backend {
class channel;
} // namespace async_socket::backend

namespace async_socket::core {

class idle_time : private clock_alarm {
public:
    // Of a stream that is open on this channel, until `close`. It is none before the first `set`.
    explicit idle_time(backend::channel& channel) noexcept : clock_alarm(its_stream, AS_NEVER), channel_(channel) {}
    idle_time(const idle_time&) = delete;
    idle_time& operator=(const idle_time&) = delete;

    // From now on it is so long, 0: there is none. What was before now does not count. Any thread, before the close.
    void set(std::uint64_t length_ns) noexcept;
    [[nodiscard]] std::uint64_t length_ns() noexcept
    {
        const lock::scope scope(lock_);
        return length_ns_;
    }

    // Once, before the channel is closed. When this returns nobody touches it any more, nor the channel because of it.
    void close() noexcept;

    // ---- under the lock of the lane, of which this is the direction

    // Some bytes have.
    ASYNC_SOCKET_APART void note_movement(direction way) noexcept
    {
        noted_[index_of(way)].moved_ns = backend::now_ns();
    }
    // An operation begins to wait, and is the only one.
    ASYNC_SOCKET_APART void note_wait(direction way) noexcept
    {
        noted_[index_of(way)].waits_since_ns = backend::now_ns();
    }

    // ---- under the locks of both lanes

    // What is pending has to end. `is_pending`: whether anything is, in each direction.
    [[nodiscard]] bool is_over(bool sends_are_pending, bool receives_are_pending) noexcept;

private:
    struct notes {
        std::uint64_t moved_ns = 0;
        std::uint64_t waits_since_ns = 0; // while anything is pending
    };

    static const subject its_stream;
    [[nodiscard]] static bool hold(clock_alarm& due) noexcept;
    static void ring(clock_alarm& due) noexcept;

    [[nodiscard]] static constexpr std::uint32_t index_of(direction way) noexcept
    {
        return static_cast<std::uint32_t>(way);
    }
    // Since when something is pending and nothing moves. AS_NEVER: nothing is pending.
    [[nodiscard]] std::uint64_t idle_since(bool sends_are_pending, bool receives_are_pending) const noexcept;

    // Under the lock:

    void arm() noexcept;
    [[nodiscard]] std::uint64_t end_from(std::uint64_t begin_ns) const noexcept;

    backend::channel& channel_;
    notes noted_[2];
    operation_holds holds_;
    lock lock_; // for the rest, and the time of the alarm; inside of those of lanes
    bool is_closed_ = false;
    std::uint64_t length_ns_ = 0;
    std::uint64_t set_at_ns_ = 0;
};

// Of a stream that has one.
static_assert(sizeof(void*) != 8 || sizeof(idle_time) <= 128);

} // namespace async_socket::core
