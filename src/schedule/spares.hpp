// The workers that have nothing to do. Whoever needs one calls the one that came last. Those that have not been called
// for long leave.
#pragma once

#include <atomic>
#include <cstdint>

#include "core/common/lock.hpp"

namespace async_socket::schedule {

class spares {
public:
    // One that waits; on its stack.
    class place {
    private:
        friend class spares;

        place* next_ = nullptr;
        std::atomic<std::uint32_t> is_called_{0};
    };

    spares() = default;
    spares(const spares&) = delete;
    spares& operator=(const spares&) = delete;

    // The calling thread waits until it is called. False: nobody has for long, or there is an end to all.
    [[nodiscard]] bool wait() noexcept;
    // False if there is none.
    [[nodiscard]] bool call() noexcept;
    // Calls all, and nobody waits any more.
    void stop() noexcept;

private:
    // Both under the lock. What is called may be gone at once.
    [[nodiscard]] bool call_last() noexcept;
    void remove(const place& gone) noexcept;

    core::lock lock_;
    place* last_ = nullptr;
    bool is_stopping_ = false;
};

} // namespace async_socket::schedule
