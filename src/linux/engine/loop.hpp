// The sockets that share an epoll instance, and the callbacks that come of their events.
//
// A loop is not a thread: it is held by one thread at a time, which polls, moves bytes, and runs jobs. If that thread
// sticks in a callback, or waits in a close, the loop is offered, and another thread takes it, with all that is in it.
// The one that has lost it finds that out when its callback returns. LINUX_15_002
//
// A holder without a permit only polls, moves bytes, and runs the jobs that a closer waits for. LINUX_15_003
#pragma once

#include <atomic>
#include <cstdint>

#include "core/lock.hpp"
#include "linux/engine/job_line.hpp"
#include "linux/engine/worker.hpp"
#include "linux/socket/channel_slots.hpp"
#include "linux/system/poller.hpp"

namespace async_socket::linux_os {

class loop {
public:
    explicit loop(backend::pool& pool) noexcept : pool_(pool), slots_(*this) {}
    loop(const loop&) = delete;
    loop& operator=(const loop&) = delete;

    // Once, first. False, with errno.
    [[nodiscard]] bool prepare() noexcept { return poller_.prepare(); }

    [[nodiscard]] backend::pool& pool() noexcept { return pool_; }
    [[nodiscard]] channel_slots& slots() noexcept { return slots_; }
    [[nodiscard]] linux_os::poller& poller() noexcept { return poller_; }

    // ---- for a worker

    // If it is offered: it is the caller's, who has to run it.
    [[nodiscard]] bool take(worker& taker) noexcept;
    // Until another worker holds it, or the pool stops.
    void run(worker& self) noexcept;
    // In a callback of the worker, who is about to wait. True if it had a permit, which is the caller's now.
    [[nodiscard]] bool hand_over(worker& self) noexcept;
    void take_permit_again(worker& self) noexcept;

    // ---- for any thread

    void post(job_list& jobs) noexcept;
    // A closer waits for the jobs of the line.
    void hurry(job_line& line) noexcept;
    void wake() noexcept { poller_.wake(); }
    [[nodiscard]] bool is_asleep() noexcept;
    // True if it had been in want of a permit. The caller's is the loop's then.
    [[nodiscard]] bool grant_permit() noexcept;
    // True if it is asleep, and has a permit, which is the caller's then.
    [[nodiscard]] bool surrender_permit() noexcept;

    // ---- for the watcher

    enum class sight : std::uint8_t {
        well,
        in_callback, // not in that of the last look
        lasting,     // in that of the last look, but not for long enough; or offered, and somebody is on the way
        stuck        // offered, and somebody has to be called
    };
    [[nodiscard]] sight look(std::uint64_t now_ns) noexcept;
    // If it is offered, and nobody comes: moves bytes, and runs what closers wait for.
    void stand_in(worker& self) noexcept;

private:
    // Jobs between two looks at the sockets.
    static constexpr std::uint32_t receives_at_once = 128;

    // What may be run before the thread looks at its sockets again.
    class batch {
    public:
        // Each asked once before each job.
        [[nodiscard]] bool allows_receive() noexcept;
        [[nodiscard]] bool allows_other(std::uint32_t waiting) noexcept;
        [[nodiscard]] bool is_over() noexcept;

    private:
        std::uint32_t receives_left_ = receives_at_once;
        std::uint32_t others_left_ = 0;
        std::uint32_t jobs_ = 0;
        bool others_have_begun_ = false;
        std::uint64_t began_ns_ = 0;
    };

    enum class rest : std::uint8_t { look, sleep, leave, ask_for_permit, give_permit };
    // A job to be run, or, if there is none, what to do instead.
    struct step {
        job* next;
        rest instead;
    };

    void poll(worker& self, bool sleeps) noexcept;
    [[nodiscard]] bool is_offered() noexcept;
    [[nodiscard]] rest run_batch(worker& self) noexcept;
    void let_go(worker& self) noexcept;

    // Under the lock.
    [[nodiscard]] step next_step(worker& self, batch& now) noexcept;
    [[nodiscard]] bool may_hold(worker& self) noexcept;
    [[nodiscard]] job* take_job(worker& self, batch& now) noexcept;
    [[nodiscard]] bool may_run_callbacks(worker& self) noexcept;
    [[nodiscard]] rest rest_of(worker& self) noexcept;
    void set_in_want(bool in_want) noexcept;
    void add(job_list& jobs) noexcept;
    // True if the holder was asleep, and is to be woken now.
    [[nodiscard]] bool has_to_wake() noexcept;
    void offer(std::uint64_t now_ns) noexcept;

    backend::pool& pool_;
    channel_slots slots_;
    linux_os::poller poller_;

    core::lock lock_;
    run_queue queue_;
    worker* holder_ = nullptr; // null: not yet, or not any more
    bool offered_ = true;      // nobody holds it, or its holder is stuck
    bool asleep_ = false;      // whoever posts has to wake the holder
    bool in_want_ = false;     // of a permit; asleep as far as most jobs go
    bool granted_ = false;     // a permit for the holder

    // The watcher's:
    const worker* holder_seen_ = nullptr;
    std::uint32_t callbacks_seen_ = 0;
    std::uint64_t since_ns_ = 0; // since when that is so, or since when it is offered
    std::uint64_t used_ns_ = 0;  // what its holder's thread had of the processors by then
};

} // namespace async_socket::linux_os
