// The thread of a pool that notices loops whose holder is stuck in a callback, and calls somebody to take them. If no
// thread can be had, it stands in for the holder: bytes move, and closes end. While all loops sleep it sleeps, too.
#pragma once

#include <atomic>
#include <cstdint>

#include "core/common/hot_path.hpp"

namespace async_socket::backend {
class pool;
} // namespace async_socket::backend

namespace async_socket::linux_os {

class worker;

class watcher {
public:
    explicit watcher(backend::pool& pool) noexcept : pool_(pool) {}
    watcher(const watcher&) = delete;
    watcher& operator=(const watcher&) = delete;

    // True for one thread of the pool, which has to run it.
    [[nodiscard]] bool take_over() noexcept;
    // Until the pool stops.
    void run(worker& self) noexcept;

    // A loop has something to do. One load, while the watcher is awake.
    void notice() noexcept
    {
        if (asleep_.load(std::memory_order_relaxed) != 0) {
            wake();
        }
    }
    // The pool is stopping.
    void stop() noexcept;

private:
    ASYNC_SOCKET_APART void wake() noexcept;
    void sleep_if_quiet() noexcept;
    // So many threads, for as many loops. False: not all can be had.
    [[nodiscard]] bool call(std::uint32_t count) noexcept;

    backend::pool& pool_;
    std::atomic<bool> is_taken_{false};
    std::atomic<std::uint32_t> asleep_{0};
};

} // namespace async_socket::linux_os
