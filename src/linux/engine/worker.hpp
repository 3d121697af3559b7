// A thread of a pool. All of them are alike, and are what there is need of: the holder of a loop, the watcher, or a
// spare, which waits until there is need. (pool::work)
#pragma once

#include "schedule/worker.hpp"

namespace async_socket::backend {
class pool;
} // namespace async_socket::backend

namespace async_socket::linux_os {

class loop;

class worker : public schedule::worker {
public:
    // On the thread itself.
    explicit worker(backend::pool& pool) noexcept;
    ~worker();
    worker(const worker&) = delete;
    worker& operator=(const worker&) = delete;

    // The calling thread, if it is one of a pool's; else null.
    [[nodiscard]] static worker* current() noexcept;

    [[nodiscard]] backend::pool& pool() const noexcept { return pool_; }

    // This thread waits in a close or destroy: it hands its loop over, and gives its permit up, before it waits for
    // the first time. Nothing of that if it does not.
    void begin_blocking() noexcept;
    void end_blocking() noexcept;

    // Its own:

    loop* its_loop = nullptr;    // that it holds, or held when its callback began
    loop* polls = nullptr;       // the loop whose events it is looking at
    schedule::job_list gathered; // what ended meanwhile; one lock for all of it

private:
    static void block(void* self) noexcept;

    backend::pool& pool_;
    bool owes_permit_ = false; // gave it up, and takes it again however many there are
};

} // namespace async_socket::linux_os
