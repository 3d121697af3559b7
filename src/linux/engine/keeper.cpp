#include "linux/engine/keeper.hpp"

#include "core/address_wait.hpp"
#include "linux/engine/pool.hpp"

namespace async_socket::linux_os {

namespace {

// A callback that runs over two looks is taken for blocked. Being wrong costs little: its loop's jobs move
// to another thread.
constexpr std::uint32_t look_every_ms = 10;

// While a loop is blocked, the keeper moves the bytes of its sockets.
constexpr std::uint32_t poll_every_ms = 2;

} // namespace

void keeper::run() noexcept
{
    bool any_blocked = false;
    while (!pool_.is_stopping()) {
        if (!any_blocked) {
            sleep_if_quiet();
        }
        pool_.wait_for_stop(any_blocked ? poll_every_ms : look_every_ms);
        any_blocked = pool_.look_after_loops();
        pool_.relief().look_after();
    }
}

// Each loop is asked under its lock. One that is asleep then, and wakes later, finds asleep_ set.
void keeper::sleep_if_quiet() noexcept
{
    // Exchanges, here and in stop: whichever comes second sees what the other thread did before its own.
    (void)asleep_.exchange(1, std::memory_order_acq_rel);
    while (pool_.is_quiet() && asleep_.load(std::memory_order_relaxed) != 0) {
        backend::wait_while_equal(asleep_, 1);
    }
    asleep_.store(0, std::memory_order_relaxed);
}

void keeper::notice() noexcept
{
    if (asleep_.load(std::memory_order_relaxed) != 0 && asleep_.exchange(0, std::memory_order_relaxed) != 0) {
        backend::wake_all(asleep_);
    }
}

void keeper::stop() noexcept
{
    (void)asleep_.exchange(0, std::memory_order_acq_rel);
    backend::wake_all(asleep_);
}

} // namespace async_socket::linux_os
