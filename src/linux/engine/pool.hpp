// The threads of an engine, and the loops that they hold. All threads are alike: one holds each loop, one watches,
// the others are spares, or run a callback that has cost them their loop.
//
// Every thread holds a reference, and the last one out frees the pool: the engine may be closed by one of its threads.
// Nobody but those that end (departures.hpp), and who asks for it, waits for one. LINUX_15_005
#pragma once

#include <atomic>
#include <cstdint>

#include "core/common/process_mark.hpp"
#include "core/platform/backend.hpp"
#include "linux/engine/departures.hpp"
#include "linux/engine/loop.hpp"
#include "linux/engine/watcher.hpp"
#include "schedule/permits.hpp"
#include "schedule/spares.hpp"

namespace async_socket::backend {

class pool {
public:
    // `loops`: memory for `loop_count` of them, from malloc, which the pool frees. At most `maximum` callbacks run at
    // once, but for those of threads that wait in a close, and those that a close waits for.
    pool(linux_os::loop* loops, std::uint32_t loop_count, std::uint32_t maximum) noexcept;
    ~pool();
    pool(const pool&) = delete;
    pool& operator=(const pool&) = delete;

    // Once, first. 0, or errno. Threads that have started are stopped with the pool.
    [[nodiscard]] int start() noexcept;
    // The threads end when they come to it.
    void stop() noexcept;
    void release() noexcept;
    // Before the last reference is given back: whoever frees the pool tells `waiter` of the thread that ends last.
    void tell_of_last_thread(linux_os::departures::last_one& waiter) noexcept { waiter_ = &waiter; }

    [[nodiscard]] schedule::permits& permits() noexcept { return permits_; }
    [[nodiscard]] linux_os::watcher& watcher() noexcept { return watcher_; }
    [[nodiscard]] bool is_stopping() const noexcept { return stopping_.load(std::memory_order_acquire) != 0; }
    // By a fork: none of its threads is here.
    [[nodiscard]] bool is_inherited() const noexcept { return process_.is_inherited(); }

    // Where a socket goes that is opened now: to the loop with the fewest. What a callback opens stays with the
    // callback's loop, though, as long as that has hardly more: most likely the two have to do with each other, and
    // bytes that go from one thread to another cost a wake-up. LINUX_15_006
    [[nodiscard]] linux_os::loop& loop_for_socket() noexcept;

    // Where something goes, or is armed, that belongs to no socket: to the caller's own, or to each in turn.
    [[nodiscard]] linux_os::loop& loop_for_post() noexcept;

    // A loop is offered: a spare comes, or a new thread. False: nobody can be had now.
    [[nodiscard]] bool call_somebody() noexcept;

    // The caller's permit goes to a loop that wants one, if there is any. It holds no loop's lock.
    void give_permit() noexcept;
    // The caller's loop wants a permit: takes one from a loop that sleeps.
    void look_for_permit() noexcept;

    // ---- for the watcher

    void wait_for_stop(std::uint32_t timeout_ms) const noexcept;
    // All loops sleep.
    [[nodiscard]] bool is_quiet() noexcept;
    struct sights {
        schedule::agenda::sight worst = schedule::agenda::sight::well;
        std::uint32_t stuck = 0; // loops
    };
    [[nodiscard]] sights look_at_loops() noexcept;
    // For holders that are stuck.
    void stand_in(linux_os::worker& self) noexcept;
    // How long a holder may stay in a callback before its loop is offered; of a running one, how long it may run.
    [[nodiscard]] std::uint64_t patience_with_callback(bool is_running) noexcept;

private:
    static void* run_thread(void* self) noexcept;
    // 0, or errno.
    [[nodiscard]] int start_thread() noexcept;
    void work(linux_os::worker& self) noexcept;
    // Null if none is offered.
    [[nodiscard]] linux_os::loop* take_loop(linux_os::worker& self) noexcept;
    [[nodiscard]] linux_os::loop* begin() const noexcept { return loops_; }
    [[nodiscard]] linux_os::loop* end() const noexcept { return loops_ + loop_count_; }

    linux_os::loop* const loops_;
    const std::uint32_t loop_count_;
    schedule::permits permits_;
    schedule::spares spares_;
    linux_os::watcher watcher_;
    linux_os::departures departures_;
    linux_os::departures::last_one* waiter_ = nullptr;
    std::atomic<std::uint32_t> references_{1};
    std::atomic<std::uint32_t> stopping_{0};
    std::atomic<std::uint32_t> dealt_{0};           // sockets and posts
    std::atomic<std::uint64_t> no_thread_until_{0}; // 0: the last one could be started
    const core::process_mark process_;
};

} // namespace async_socket::backend
