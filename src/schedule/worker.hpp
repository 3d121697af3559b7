// A thread that runs jobs, as far as it matters whose turn it is.
#pragma once

#include <atomic>
#include <cstdint>

#include "schedule/job.hpp"

namespace async_socket::schedule {

class worker {
public:
    // What the system calls a thread, and the clock that goes while it has a processor.
    struct identity {
        std::int32_t thread;
        std::int32_t clock;
    };

    explicit worker(const identity& thread) noexcept : thread_(thread) {}
    worker(const worker&) = delete;
    worker& operator=(const worker&) = delete;

    [[nodiscard]] const identity& thread() const noexcept { return thread_; }

    // Nobody else counts, so this is no read-modify-write. `usual`: what most jobs are run by, which is called without
    // the detour over their pointer.
    void run(job& job, job::run_function usual) noexcept
    {
        const std::uint32_t callbacks = callbacks_.load(std::memory_order_relaxed);
        callbacks_.store(callbacks + 1, std::memory_order_relaxed);
        if (job.is_run_by(usual)) {
            usual(job);
        } else {
            job.run();
        }
        callbacks_.store(callbacks + 2, std::memory_order_relaxed);
    }
    // A job that it has taken while it looked at its sockets (agenda::post); null if there is none.
    [[nodiscard]] job* take_next() noexcept
    {
        job* const taken = next_;
        next_ = nullptr;
        return taken;
    }

    // Begun and ended; odd inside of one. For any thread.
    [[nodiscard]] std::uint32_t callbacks() const noexcept { return callbacks_.load(std::memory_order_relaxed); }

private:
    friend class agenda;

    const identity thread_;
    std::atomic<std::uint32_t> callbacks_{0};
    bool has_permit_ = false;        // to run callbacks; under the lock of the agenda
    job* next_ = nullptr;            // this thread's
    job_line* keeps_busy_ = nullptr; // by the job that it runs, if its line keeps the order; this thread's
};

} // namespace async_socket::schedule
