// A thread that runs no callbacks and looks after the loops: it notices those that are blocked in one.
// While nothing happens in the pool it sleeps.
#pragma once

#include <atomic>
#include <cstdint>

namespace async_socket::backend {
class pool;
} // namespace async_socket::backend

namespace async_socket::linux_os {

class keeper {
public:
    explicit keeper(backend::pool& pool) noexcept : pool_(pool) {}
    keeper(const keeper&) = delete;
    keeper& operator=(const keeper&) = delete;

    // On the keeper's thread, until the pool stops.
    void run() noexcept;

    // A loop has something to do. One load, while the keeper is awake.
    void notice() noexcept;
    // The pool is stopping.
    void stop() noexcept;

private:
    void sleep_if_quiet() noexcept;

    backend::pool& pool_;
    std::atomic<std::uint32_t> asleep_{0};
};

} // namespace async_socket::linux_os
