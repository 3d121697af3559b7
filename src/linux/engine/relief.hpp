// Jobs whose own loop is blocked, and who runs them: a loop's thread that has nothing to do, or a helper,
// which is a further thread. LINUX_15_002
//
// How many helpers there may be follows from the engine's maximum: as many as it leaves beside the loops,
// and one more for each thread that waits in a close or destroy (begin_blocking). So the callbacks that a
// close waits for always get a thread, wherever the close was called. Helpers go when they have been idle.
// LINUX_15_003
#pragma once

#include <atomic>
#include <cstdint>

#include "core/lock.hpp"
#include "linux/engine/job.hpp"

namespace async_socket::backend {
class pool;
} // namespace async_socket::backend

namespace async_socket::linux_os {

class relief {
public:
    // `spare`: the helpers that the maximum allows.
    relief(backend::pool& pool, std::uint32_t spare) noexcept : pool_(pool), spare_(spare) {}
    relief(const relief&) = delete;
    relief& operator=(const relief&) = delete;

    void add(job_list& jobs) noexcept;
    [[nodiscard]] bool has_jobs() const noexcept { return has_jobs_.load(std::memory_order_relaxed); }
    // For a thread that is free to run it. Null if there is none.
    [[nodiscard]] job* take() noexcept;

    // A thread waits for callbacks, in a close.
    void begin_blocking() noexcept;
    void end_blocking() noexcept;

    // For the keeper: if nobody has taken a job since the last look, somebody else is asked to.
    void look_after() noexcept;
    void stop() noexcept;

private:
    static void* run_helper(void* self) noexcept;

    void find_somebody() noexcept;
    void start_helper() noexcept;
    void help() noexcept;
    // Null when the helper has been idle for long, or the pool stops; then it counts no more.
    [[nodiscard]] job* wait_for_job() noexcept;
    [[nodiscard]] job* take_first() noexcept; // under the lock

    backend::pool& pool_;
    const std::uint32_t spare_;
    core::lock lock_;
    job_list jobs_;
    std::atomic<bool> has_jobs_{false}; // changed under the lock
    std::uint32_t blocked_ = 0;
    std::uint32_t helpers_ = 0;
    std::uint32_t idle_helpers_ = 0;
    std::uint32_t taken_ = 0;
    std::uint32_t taken_seen_ = 0;
    std::atomic<std::uint32_t> calls_{0}; // for help; idle helpers wait for the next one
};

} // namespace async_socket::linux_os
