// The threads of an engine: loops, each with a thread and sockets of its own, a keeper that looks after
// them, and the relief for those that are blocked.
//
// Every thread holds a reference, and nobody joins one: the engine may be closed by one of them. The last
// one out frees the pool. LINUX_15_005
#pragma once

#include <atomic>
#include <cstdint>

#include "core/backend.hpp"
#include "core/process_mark.hpp"
#include "linux/engine/keeper.hpp"
#include "linux/engine/loop.hpp"
#include "linux/engine/relief.hpp"

namespace async_socket::backend {

class pool {
public:
    // `loops`: memory for `loop_count` of them, from malloc, which the pool frees.
    pool(linux_os::loop* loops, std::uint32_t loop_count, std::uint32_t maximum) noexcept;
    ~pool();
    pool(const pool&) = delete;
    pool& operator=(const pool&) = delete;

    // Once, first. 0, or errno. Threads that have started are stopped with the pool.
    [[nodiscard]] int start() noexcept;
    // The threads end when they come to it.
    void stop() noexcept;

    void add_reference() noexcept { references_.fetch_add(1, std::memory_order_relaxed); }
    void release() noexcept;

    [[nodiscard]] linux_os::relief& relief() noexcept { return relief_; }
    [[nodiscard]] linux_os::keeper& keeper() noexcept { return keeper_; }
    [[nodiscard]] bool is_stopping() const noexcept { return stopping_.load(std::memory_order_acquire) != 0; }
    // By a fork: none of its threads is here.
    [[nodiscard]] bool is_inherited() const noexcept { return process_.is_inherited(); }

    // Where a socket goes that is opened now: to each loop in turn. What a callback opens stays with the callback's
    // loop, though, as long as that has hardly more sockets than the one whose turn it is: most likely the two have
    // to do with each other, and bytes that go from one thread to another cost a wake-up. LINUX_15_006
    [[nodiscard]] linux_os::loop& loop_for_socket() noexcept;
    // True if there was one.
    [[nodiscard]] bool wake_sleeping_loop() noexcept;

    // ---- for the keeper

    void wait_for_stop(std::uint32_t timeout_ms) const noexcept;
    // All loops sleep.
    [[nodiscard]] bool is_quiet() noexcept;
    // True if one is blocked.
    [[nodiscard]] bool look_after_loops() noexcept;

private:
    [[nodiscard]] int start_thread(void* (*run)(void*), void* context) noexcept;

    linux_os::loop* const loops_;
    const std::uint32_t loop_count_;
    linux_os::relief relief_;
    linux_os::keeper keeper_;
    std::atomic<std::uint32_t> references_{1};
    std::atomic<std::uint32_t> stopping_{0};
    std::atomic<std::uint32_t> opened_{0};
    const core::process_mark process_;
};

} // namespace async_socket::backend
