// A thread of a pool. All of them are alike, and are what there is need of: the holder of a loop, the watcher, or a
// spare, which waits until there is need. (pool::work)
#pragma once

#include <sys/types.h>

#include <atomic>
#include <cstdint>
#include <ctime>

#include "linux/engine/job.hpp"

namespace async_socket::backend {
class pool;
} // namespace async_socket::backend

namespace async_socket::linux_os {

class loop;

class worker {
public:
    // On the thread itself.
    explicit worker(backend::pool& pool) noexcept;
    ~worker();
    worker(const worker&) = delete;
    worker& operator=(const worker&) = delete;

    // The calling thread, if it is one of a pool's; else null.
    [[nodiscard]] static worker* current() noexcept;

    [[nodiscard]] backend::pool& pool() const noexcept { return pool_; }
    [[nodiscard]] pid_t thread() const noexcept { return thread_; }
    [[nodiscard]] clockid_t clock() const noexcept { return clock_; }

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

    // This thread waits in a close or destroy: it hands its loop over, and gives its permit up, before it waits for
    // the first time. Nothing of that if it does not.
    void begin_blocking() noexcept;
    void end_blocking() noexcept;

    // Its own:

    loop* its_loop = nullptr; // that it holds, or held when its callback began
    loop* polls = nullptr;    // the loop whose events it is looking at
    job_list gathered;        // what ended meanwhile; one lock for all of it

    // Under the lock of its loop:

    bool has_permit = false; // to run callbacks

    // Under the lock of the spares, and woken by them:

    worker* next_spare = nullptr;
    std::atomic<std::uint32_t> is_called{0};

private:
    static void block(void* self) noexcept;

    backend::pool& pool_;
    const pid_t thread_;
    const clockid_t clock_;
    std::atomic<std::uint32_t> callbacks_{0};
    bool owes_permit_ = false; // gave it up, and takes it again however many there are
};

} // namespace async_socket::linux_os
