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

    // Nobody else counts, so this is no read-modify-write.
    void run(job& job) noexcept
    {
        const std::uint32_t callbacks = callbacks_.load(std::memory_order_relaxed);
        callbacks_.store(callbacks + 1, std::memory_order_relaxed);
        job.run();
        callbacks_.store(callbacks + 2, std::memory_order_relaxed);
    }
    // Begun and ended; odd inside of one. For any thread.
    [[nodiscard]] std::uint32_t callbacks() const noexcept { return callbacks_.load(std::memory_order_relaxed); }

private:
    friend class agenda;

    const identity thread_;
    std::atomic<std::uint32_t> callbacks_{0};
    bool has_permit_ = false;        // to run callbacks; under the lock of the agenda
    job_line* keeps_busy_ = nullptr; // by the job that it runs, if its line keeps the order; this thread's
};

} // namespace async_socket::schedule
