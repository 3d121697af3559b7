// What there is to do for the sockets of one loop, and whose turn it is to do it: the jobs, the worker that holds the
// loop, its permit. Where the jobs come from, and how a worker sleeps, is the loop's.
//
// An agenda is not a thread: one worker at a time holds it. If that sticks in a callback, or waits in a close, the
// agenda is offered, and another worker takes it, with all that is in it. The one that has lost it finds that out when
// its callback returns. LINUX_15_002
//
// A holder without a permit runs only the jobs that a closer waits for. LINUX_15_003
//
// A worker keeps the line of its job busy, if that keeps the order, until it comes back for the next step, or its
// callback is detached. Jobs that become due by that are for whoever holds the agenda then: the worker itself, or
// another one, who is woken. So a line that keeps the order costs no further lock.
#pragma once

#include <cstdint>

#include "core/common/hot_path.hpp"
#include "core/common/lock.hpp"
#include "schedule/batch.hpp"
#include "schedule/permits.hpp"
#include "schedule/run_queue.hpp"
#include "schedule/worker.hpp"

namespace async_socket::schedule {

class agenda {
public:
    // `permits`: those of all agendas of an engine.
    explicit agenda(permits& permits) noexcept : permits_(permits) {}
    agenda(const agenda&) = delete;
    agenda& operator=(const agenda&) = delete;

    // ---- for a worker

    // If it is offered: it is the caller's, who has to work on it.
    [[nodiscard]] bool take(worker& taker) noexcept;

    enum class rest : std::uint8_t { look, sleep, leave, ask_for_permit, give_permit };
    // A job to be run, or, if there is none, what to do instead.
    struct step {
        job* next;
        rest instead;
        bool wakes; // another worker sleeps, or will, and must not
    };
    // The first one of a batch: `taken`, which is the worker's already, unless that is null. `more` are added before.
    [[nodiscard]] step begin(worker& self, job* taken, job_list& more, batch& now) noexcept;
    [[nodiscard]] step go_on(worker& self, batch& now) noexcept;

    // In a job of the worker, for whose end nobody waits any more: further ones of its line may be run, if it keeps the
    // order. True: the holder sleeps, and has to be woken.
    ASYNC_SOCKET_APART [[nodiscard]] bool release_line(worker& self) noexcept;

    // In a callback of the worker, who is about to wait: gives up what it has.
    struct given_up {
        bool agenda; // it is offered
        bool permit; // which is the caller's
    };
    [[nodiscard]] given_up hand_over(worker& self) noexcept;
    // After that, if it had a permit: has one again, however many there are.
    void take_permit_again(worker& self) noexcept;
    // Has nothing of it any more. True if it had a permit, which is the caller's.
    [[nodiscard]] bool leave(worker& self) noexcept;

    // ---- for any thread. True: the holder sleeps, and has to be woken.

    // `poller`: who posts them, if it is a worker that looks at its sockets. If that is the holder, it comes by itself.
    [[nodiscard]] bool post(job_list& jobs, const worker* poller = nullptr) noexcept;
    [[nodiscard]] bool post(job& job) noexcept;
    // The same, of a line that keeps the order, by who looks at its sockets. If that is the holder, and there is
    // nothing else to do, the job is not put in line but taken at once: the holder begins its next batch with it.
    [[nodiscard]] bool post(job& job, worker& poller) noexcept;
    // A closer waits for the jobs of the line.
    [[nodiscard]] bool hurry(job_line& line) noexcept;
    // It is to look around, whether it has a permit or not. Whoever has changed something before calls this.
    [[nodiscard]] bool rouse() noexcept;
    // The caller's permit is the agenda's, if that was in want of one; else it is still the caller's.
    [[nodiscard]] bool grant_permit() noexcept;

    // ---- for any thread

    [[nodiscard]] bool is_asleep() noexcept;
    // True if it is asleep, and has a permit, which is the caller's then.
    [[nodiscard]] bool surrender_permit() noexcept;

    // ---- for the watcher

    [[nodiscard]] bool is_offered() noexcept;
    // To be run by the watcher; no job if there is none, or it is not offered.
    [[nodiscard]] step take_waited_for(worker& watcher) noexcept;

    enum class sight : std::uint8_t {
        well,
        in_callback, // not in that of the last look
        lasting,     // in that of the last look, but not for long enough; or offered, and somebody is on the way
        stuck        // offered, and somebody has to be called
    };
    struct view {
        sight what;
        bool is_offered;
        std::uint32_t callbacks;   // of the holder
        worker::identity thread;   // of the holder
        std::uint64_t seen_for_ns; // in this callback
    };
    [[nodiscard]] view look(std::uint64_t now_ns) noexcept;
    // Offers it if its holder is still in the callback of that look.
    [[nodiscard]] bool offer(const view& seen, std::uint64_t now_ns) noexcept;

private:
    // All of these: under the lock.
    [[nodiscard]] step next_step(worker& self, batch& now) noexcept;
    // True if the worker holds it now.
    ASYNC_SOCKET_APART [[nodiscard]] bool replace_holder(worker& self) noexcept;
    [[nodiscard]] job* take_job(worker& self, batch& now) noexcept;
    [[nodiscard]] static job* begin_job(worker& self, job* taken) noexcept;
    void end_job(worker& self) noexcept;
    [[nodiscard]] bool may_run_callbacks(worker& self) noexcept;
    [[nodiscard]] rest rest_of(worker& self) noexcept;
    ASYNC_SOCKET_APART void set_in_want(bool in_want) noexcept;
    void add(job_list& jobs) noexcept;
    [[nodiscard]] bool has_to_wake() noexcept;
    void set_offered(std::uint64_t now_ns) noexcept;

    permits& permits_;
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
};

} // namespace async_socket::schedule
