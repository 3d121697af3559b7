// The threads of a pool that have nothing to do. Whoever needs one calls the one that came last; if there is none, a
// new thread is started. Those that have not been called for long end.
#pragma once

#include <atomic>
#include <cstdint>

#include "core/lock.hpp"

namespace async_socket::linux_os {

class worker;

class spares {
public:
    spares() = default;
    spares(const spares&) = delete;
    spares& operator=(const spares&) = delete;

    // Waits until it is called. False: nobody has for long, or the pool stops.
    [[nodiscard]] bool wait(worker& self) noexcept;
    // False if there is none.
    [[nodiscard]] bool call() noexcept;
    // Calls all, and nobody waits any more.
    void stop() noexcept;

private:
    // Both under the lock. What is called may be gone at once.
    [[nodiscard]] bool call_last() noexcept;
    void remove(const worker& gone) noexcept;

    core::lock lock_;
    worker* last_ = nullptr;
    bool is_stopping_ = false;
};

} // namespace async_socket::linux_os
