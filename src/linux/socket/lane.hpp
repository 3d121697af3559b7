// One direction of a channel: the operations that wait, in the order of the calls, and what is known of
// the socket's readiness.
//
// The system tells of a change once (edge-triggered), so the lane keeps what it was told: `ready_` stays
// until a call shows that the socket is empty or full. An operation is tried at once, in its caller's
// thread, if the lane is ready and nothing is in line; otherwise whoever is told of the next change goes
// on with the first in line. All of that is done under the lane's lock: the calls do not block. An ended
// operation becomes a job of the loop, so a callback never runs inside the call that started it.
//
// The jobs of a stream that is in order (core::completion_mode::in_order) are put in line under the lane's lock, so
// they are there in the order in which their operations ended: that of the calls, but for those that were cancelled.
// What two threads put in line behind the lock could come in either order.
//
// Hooks are user code and not called under a lock, nor inside a call of the user's: the first operation in line
// leaves it and asks them as a job of the loop, one at a time (LINUX_10_005).
#pragma once

#include <atomic>
#include <cstdint>

#include "core/common/hot_path.hpp"
#include "core/common/lock.hpp"
#include "linux/socket/endpoint.hpp"
#include "linux/socket/operation.hpp"
#include "schedule/run_queue.hpp"

namespace async_socket::linux_os {

class worker;

// In the loop's run queue the lane is a line of its jobs.
class lane : public schedule::job_line {
public:
    lane(backend::channel& channel, core::direction way) noexcept;
    lane(const lane&) = delete;
    lane& operator=(const lane&) = delete;

    [[nodiscard]] backend::channel& channel() const noexcept { return channel_; }

    // The stream has an idle time from now on (core/time/idle_time.hpp). Any thread.
    void note_times() noexcept
    {
        const core::lock::scope scope(lock_);
        is_plain_ = false;
    }

    // Begins a life.
    void open() noexcept;

    // See backend::channel_start.
    [[nodiscard]] core::refusal start(operation& operation) noexcept;
    // The same for a wait for readiness.
    ASYNC_SOCKET_APART [[nodiscard]] core::refusal watch(operation& operation) noexcept;

    // The system has told `poller`, the calling thread, of a change: EPOLLIN and its like.
    void on_event(std::uint32_t generation, std::uint32_t events, worker& poller) noexcept;

    // If it is in line: takes it out and ends it, as backend::operation_cancel says. Finds it by going through the
    // line.
    void cancel(operation& cancelled, core::ending why) noexcept;

    // Of the two of a stream: ends what is in line, if its idle time is over. See backend::channel_end_idle.
    static void end_idle(lane& sends, lane& receives, core::idle_time& asked) noexcept;

    // Of receives: their alarm has come due (receive_alarm.hpp).
    void arm_each() noexcept;

    // Of a listener's accepts: a pause is over (core/listener/accept_pause.hpp).
    void resume() noexcept;

    // Refuses what comes from now on and ends what waits, as closed here. The socket is not used any
    // more when this returns; a hook may still be.
    ASYNC_SOCKET_APART void shut() noexcept;

    // As a job of the operation's: until the hooks have no more to say, or the lane is shut.
    ASYNC_SOCKET_APART void ask_hooks(operation& first) noexcept;

    // Returns when whoever is asking the system now has its answer, and has understood it.
    void wait_for_answer() noexcept { const core::lock::scope scope(lock_); }

private:
    enum class progress : std::uint8_t { ended, later, more };

    // The lane's lock, for everything that moves bytes or changes what is in line. What ends meanwhile becomes a job of
    // the loop at the end.
    class exclusive {
    public:
        explicit exclusive(lane& lane) noexcept : after_{lane}, scope_(lane.lock_)
        {
            lane.ignores_room_.store(false, std::memory_order_relaxed);
        }
        ~exclusive();
        exclusive(const exclusive&) = delete;
        exclusive& operator=(const exclusive&) = delete;

        [[nodiscard]] schedule::job_list& ended() noexcept { return after_.ended; }
        // It has to wake the loop at the end.
        void wake() noexcept { after_.has_to_wake = true; }

    private:
        // Without the lock.
        struct delivery {
            lane& owner;
            schedule::job_list ended{};
            bool has_to_wake = false;

            ~delivery();
        };

        delivery after_;
        const core::lock::scope scope_;
    };

    [[nodiscard]] core::direction way() const noexcept
    {
        static_assert(static_cast<core::direction>(schedule::urgency::receive) == core::direction::receive &&
                      static_cast<core::direction>(schedule::urgency::other) == core::direction::send);
        return static_cast<core::direction>(when());
    }
    [[nodiscard]] bool would_ignore_room() const noexcept;
    // What most operations are: bytes of TCP, in one piece, and no error is known.
    [[nodiscard]] bool is_usual(const operation& operation) const noexcept
    {
        return is_plain_ && known_error_ == 0 && core::is_transfer(operation.kind) && operation.left.count() == 1;
    }

    // What a job that asks hooks has on its stack.
    struct asking {
        lane& owner;
        operation* asked; // out of the line
    };
    static void give_up_hook(void* asking) noexcept;

    ASYNC_SOCKET_APART [[nodiscard]] static core::refusal refused(core::operation_kind kind, int refusal) noexcept;

    // See on_event.
    void on_change(std::uint32_t generation, std::uint32_t events, worker& poller) noexcept;
    ASYNC_SOCKET_APART void on_change_side_by_side(std::uint32_t generation, std::uint32_t events) noexcept;
    // See start: with all that may end meanwhile, in any order.
    ASYNC_SOCKET_APART [[nodiscard]] core::refusal start_side_by_side(operation& operation) noexcept;

    // What becomes of an operation that is started.
    enum class admission : std::uint8_t {
        quiet, // it waits; or is over and in line
        wakes, // the same, and the loop has to be woken when the lock is not held any more
        over,  // and not in line yet
        refused
    };
    ASYNC_SOCKET_APART [[nodiscard]] core::refusal wake_or_refuse(operation& operation, admission made) noexcept;

    // All of these: under the lock. Operations that end are added to `ended`.
    [[nodiscard]] admission admit(operation& operation) noexcept;
    // What has been tried, or waits.
    [[nodiscard]] admission after_trying(operation& operation, progress made) noexcept;
    // In order: put what is over in line, too. The first of what is_usual, and nothing is in line.
    [[nodiscard]] admission try_at_once(operation& operation) noexcept;
    ASYNC_SOCKET_APART [[nodiscard]] admission admit_tried(operation& operation, progress made) noexcept;
    ASYNC_SOCKET_APART [[nodiscard]] admission admit_with_room(operation& operation) noexcept;
    [[nodiscard]] admission add_to_line(operation& operation) noexcept;
    // One that waits, and is timed. True: the loop has to be woken.
    [[nodiscard]] bool arm(operation& timed) noexcept;
    ASYNC_SOCKET_APART [[nodiscard]] bool arm_for_all(std::uint64_t deadline_ns) noexcept;
    ASYNC_SOCKET_APART void go_on(schedule::job_list& ended) noexcept;
    // With all the others; true: the loop has to be woken.
    ASYNC_SOCKET_APART [[nodiscard]] bool go_on_behind(worker& poller) noexcept;
    // Goes on with the first in line; null if it has not ended.
    [[nodiscard]] operation* next_ended() noexcept;
    // Out of the line; null: nobody is to be asked.
    [[nodiscard]] operation* next_to_ask(schedule::job_list& ended) noexcept;
    // Otherwise the next change of the socket has to come first. A shutdown needs no room.
    [[nodiscard]] bool may_try(const operation& operation) const noexcept
    {
        return ready_ || operation.kind == core::operation_kind::shut_down_send;
    }
    [[nodiscard]] progress work_on(operation& operation) noexcept;
    [[nodiscard]] progress work_on_usual(operation& operation) noexcept;
    ASYNC_SOCKET_APART [[nodiscard]] progress absorb_failure(operation& operation, std::uint64_t size,
                                                             long result) noexcept;
    ASYNC_SOCKET_APART [[nodiscard]] progress work_by_calls(operation& operation) noexcept;
    // What the next operation ends with, untried; 0 if it has to be tried.
    [[nodiscard]] int take_known_error() noexcept;
    ASYNC_SOCKET_APART [[nodiscard]] progress absorb(operation& operation, const answer& made) noexcept;
    // Which have been counted. `moved`: 0 is the end of the stream.
    [[nodiscard]] progress absorb_bytes(operation& operation, std::uint64_t moved, bool is_short) noexcept;
    // Not all of its bytes have been moved.
    ASYNC_SOCKET_APART [[nodiscard]] progress absorb_part(operation& operation, std::uint64_t moved,
                                                          bool is_short) noexcept;
    ASYNC_SOCKET_APART void fail(operation& operation, int code) noexcept;
    // That is out of the line: by its caller, its deadline or the stream's idle time.
    ASYNC_SOCKET_APART void stop(operation& operation, core::ending why) noexcept;
    // Before its turn: as `how`, unless it is done with the bytes that it has.
    ASYNC_SOCKET_APART void end_early(operation& operation, core::ending how) noexcept;
    // `events`: those of this direction.
    ASYNC_SOCKET_APART void tell_watches(schedule::job_list& ended, std::uint32_t events) noexcept;
    void end_watches(schedule::job_list& ended, core::ending how, int code) noexcept;
    void end_all(schedule::job_list& ended) noexcept;
    void end_all_idle(schedule::job_list& ended) noexcept;

    // In an order that leaves no gaps, behind the last byte of the line.
    bool is_open_ = false;
    bool ready_ = false;       // false while the system or a hook is asked, unless an event comes
    bool stays_ready_ = false; // a short call says nothing any more: the peer has ended, or sent urgent data
    backend::channel& channel_;
    schedule::job_list pending_; // operations, first come, first moved
    schedule::job_list watches_;
    core::lock lock_;
    // errno, which is small. Of receives: came behind bytes that were delivered, and is the next one's. Of sends: one
    // was cut in the middle, and it is what all others end with.
    std::uint8_t known_error_ = 0;
    bool asking_ : 1 = false;    // an operation is out of the line, and asks hooks
    bool has_hooks_ : 1 = false; // as its endpoint
    // Of TCP, without hooks, and of a stream without an idle time, which would have to know when bytes move.
    bool is_plain_ = false;
    // Ready and nobody in line: an event that says just that again changes nothing. False from before each call
    // to the system until what it said has been noted, so an event that comes meanwhile takes the lock.
    std::atomic<bool> ignores_room_{false};
};

// An idle connection is two lanes and little else.
static_assert(sizeof(void*) != 8 || sizeof(lane) == 56);

} // namespace async_socket::linux_os
