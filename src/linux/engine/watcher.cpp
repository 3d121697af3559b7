#include "linux/engine/watcher.hpp"

#include <ctime>

#include <algorithm>

#include "core/platform/address_wait.hpp"
#include "linux/engine/pool.hpp"

namespace async_socket::linux_os {

namespace {

// Most callbacks are short, so one look now and then is enough. If it meets a callback, the next look comes soon, to
// see whether that has ended; and where one has stuck, others will.
constexpr std::uint32_t look_every_ms = 10;
constexpr long look_soon_ns = 500'000;
constexpr std::uint32_t soon_after_stuck = 100;

} // namespace

bool watcher::take_over() noexcept
{
    return !is_taken_.exchange(true, std::memory_order_relaxed);
}

void watcher::run(worker& self) noexcept
{
    bool nobody_comes = false;
    for (std::uint32_t soon = 0; !pool_.is_stopping();) {
        sleep_if_quiet();
        const bool came_soon = soon != 0;
        if (came_soon) {
            const timespec nap{0, look_soon_ns};
            (void)::nanosleep(&nap, nullptr);
            --soon;
        } else {
            pool_.wait_for_stop(look_every_ms);
        }
        const backend::pool::sights seen = pool_.look_at_loops();
        if (seen.stuck != 0) {
            nobody_comes = !call(seen.stuck);
            soon = soon_after_stuck;
        } else if (seen.worst == schedule::agenda::sight::lasting ||
                   (seen.worst == schedule::agenda::sight::in_callback && !came_soon)) {
            soon = std::max(soon, 1U);
        }
        if (nobody_comes) {
            pool_.stand_in(self);
        }
    }
}

bool watcher::call(std::uint32_t count) noexcept
{
    while (count != 0 && pool_.call_somebody()) {
        --count;
    }
    return count == 0;
}

// Each loop is asked under its lock. One that is asleep then, and wakes later, finds asleep_ set.
void watcher::sleep_if_quiet() noexcept
{
    // Exchanges, here and in stop: whichever comes second sees what the other thread did before its own.
    (void)asleep_.exchange(1, std::memory_order_acq_rel);
    while (pool_.is_quiet() && asleep_.load(std::memory_order_relaxed) != 0) {
        backend::wait_while_equal(asleep_, 1);
    }
    asleep_.store(0, std::memory_order_relaxed);
}

void watcher::wake() noexcept
{
    if (asleep_.exchange(0, std::memory_order_relaxed) != 0) {
        backend::wake_all(asleep_);
    }
}

void watcher::stop() noexcept
{
    (void)asleep_.exchange(0, std::memory_order_acq_rel);
    backend::wake_all(asleep_);
}

} // namespace async_socket::linux_os
