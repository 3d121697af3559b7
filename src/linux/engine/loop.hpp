// The sockets that share an epoll instance, and what there is to do for them: an agenda, which says who does it. Their
// deadlines are in the clock of the loop, as is a part of the engine's timers.
//
// Its holder polls, moves bytes, ends what has come due, and runs jobs.
#pragma once

#include "core/common/hot_path.hpp"
#include "core/engine/posted.hpp"
#include "core/time/alarm_clock.hpp"
#include "linux/engine/worker.hpp"
#include "linux/socket/channel.hpp"
#include "linux/system/poller.hpp"
#include "schedule/agenda.hpp"
#include "schedule/slots.hpp"

namespace async_socket::linux_os {

class loop {
public:
    explicit loop(backend::pool& pool) noexcept;
    loop(const loop&) = delete;
    loop& operator=(const loop&) = delete;

    // Once, first. False, with errno.
    [[nodiscard]] bool prepare() noexcept { return poller_.prepare(); }

    [[nodiscard]] backend::pool& pool() noexcept { return pool_; }
    [[nodiscard]] schedule::slots<backend::channel, loop>& slots() noexcept { return slots_; }
    [[nodiscard]] linux_os::poller& poller() noexcept { return poller_; }

    // ---- for a worker

    // If it is offered: it is the caller's, who has to run it.
    [[nodiscard]] bool take(worker& taker) noexcept;
    // Until another worker holds it, or the pool stops.
    void run(worker& self) noexcept;
    // In a callback of the worker, who is about to wait. True if it had a permit, which is the caller's now.
    [[nodiscard]] bool hand_over(worker& self) noexcept;
    void take_permit_again(worker& self) noexcept { agenda_.take_permit_again(self); }
    // In a job of the worker's, for whose end nobody waits any more.
    void release_line(worker& self) noexcept;

    // ---- for any thread

    void post(schedule::job_list& jobs) noexcept;
    // The same of what belongs to no socket.
    void post(core::posted& called) noexcept;
    // Posts jobs at once, so that jobs come in line in the order of the calls, and without waking the holder, since the
    // caller has a lock. True: afterwards it has to.
    [[nodiscard]] bool put_in_line(schedule::job_list& jobs) noexcept;
    [[nodiscard]] bool put_in_line(schedule::job& job) noexcept { return agenda_.post(job); }
    [[nodiscard]] bool put_in_line(schedule::job& job, worker& poller) noexcept { return agenda_.post(job, poller); }
    // A closer waits for the jobs of the line.
    void hurry(schedule::job_line& line) noexcept;
    // Without waking the holder, since the caller may have a lock. True: afterwards it has to.
    [[nodiscard]] bool arm(core::clock_alarm& armed) noexcept { return clock_.arm(armed) && agenda_.rouse(); }
    void wake() noexcept { poller_.wake(); }
    [[nodiscard]] bool is_asleep() noexcept { return agenda_.is_asleep(); }
    // True if it had been in want of a permit. The caller's is the loop's then.
    [[nodiscard]] bool grant_permit() noexcept;
    // True if it is asleep, and has a permit, which is the caller's then.
    [[nodiscard]] bool surrender_permit() noexcept { return agenda_.surrender_permit(); }

    // ---- for the watcher

    // Offers it if its holder has been in a callback for too long.
    [[nodiscard]] schedule::agenda::sight look(std::uint64_t now_ns) noexcept;
    // If it is offered, and nobody comes: moves bytes, and runs what closers wait for.
    void stand_in(worker& self) noexcept;

private:
    using rest = schedule::agenda::rest;

    void poll(worker& self, bool sleeps) noexcept;
    // That a wait for sockets ends when something comes due. False: it has, and there is nothing to wait for.
    [[nodiscard]] bool wake_in_time() noexcept;
    ASYNC_SOCKET_APART void ring() noexcept;
    [[nodiscard]] rest run_batch(worker& self) noexcept;

    backend::pool& pool_;
    schedule::slots<backend::channel, loop> slots_;
    linux_os::poller poller_;
    schedule::agenda agenda_;
    core::alarm_clock clock_;
    schedule::job_line posts_{schedule::urgency::other}; // in any order, side by side
    std::uint64_t used_ns_ = 0; // the watcher's: what the holder had had of the processors when its callback was seen
};

} // namespace async_socket::linux_os
