// One thread of a pool: it waits for its sockets' events, moves their bytes, and runs the jobs that come
// of it. Nearly always nobody else does.
//
// A callback may block, though, and then what else belongs to the loop would wait with it. So the jobs of
// a loop whose thread is in a callback that takes long, or in a close, are *diverted* to the pool's relief
// until that callback returns, and the pool's keeper polls in its place meanwhile.
#pragma once

#include <atomic>
#include <cstdint>

#include "core/lock.hpp"
#include "linux/engine/job.hpp"
#include "linux/socket/channel_slots.hpp"
#include "linux/system/poller.hpp"

namespace async_socket::backend {
class pool;
} // namespace async_socket::backend

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

    // The loop whose thread is the calling one; null for any other thread.
    [[nodiscard]] static loop* of_this_thread() noexcept;

    // On the thread of the loop, until the pool stops.
    void run() noexcept;

    // ---- for any thread

    void post(job_list& jobs) noexcept;
    void wake() noexcept { poller_.wake(); }
    // True if the thread slept, and so is free for something else. It wakes.
    [[nodiscard]] bool wake_if_asleep() noexcept;
    [[nodiscard]] bool is_asleep() noexcept;
    // The thread of the loop is about to block, or does. Ends when its callback returns.
    void divert() noexcept;

    // ---- for the keeper

    // If the thread is in the same callback as at the last look: diverts, and polls in its place.
    // True if so.
    bool look_after() noexcept;

private:
    // What may be run before the thread looks at its sockets again.
    struct batch {
        std::uint32_t receives_left;
        std::uint32_t others_left;
        bool others_have_begun;
    };

    void poll(bool sleeps) noexcept;
    void handle(std::uint64_t key, std::uint32_t events) noexcept;
    // True: there is nothing left, and the thread counts as asleep.
    [[nodiscard]] bool run_batch() noexcept;
    void run_job(job& job) noexcept;
    void end_diversion() noexcept;

    // Under the lock.
    void add(job_list& jobs) noexcept;
    [[nodiscard]] job* take_next(batch& left) noexcept;
    [[nodiscard]] bool fall_asleep() noexcept;

    backend::pool& pool_;
    channel_slots slots_;
    linux_os::poller poller_;

    // The thread's own: what ended while it looked at its sockets. One lock for all of them.
    job_list gathered_;
    bool gathers_ = false;

    core::lock lock_;
    job_list receives_;
    job_list others_;
    std::uint32_t other_count_ = 0;
    bool asleep_ = false; // whoever posts has to wake the thread

    std::atomic<bool> diverted_{false};       // changed under the lock
    std::atomic<std::uint32_t> callbacks_{0}; // begun and ended, by the thread; odd inside of one
    std::uint32_t callbacks_seen_ = 0;        // by the keeper
};

} // namespace async_socket::linux_os
