#include "modelled_wait.hpp"

#include <algorithm>
#include <array>
#include <cstddef>

#include "core/platform/address_wait.hpp"
#include "relacy.hpp"

namespace async_socket::backend {

namespace {

struct sleeper {
    const void* key;
    rl::thread_id_t thread;
};

// Memory of relacy's would be checked for leaks.
std::array<sleeper, 8> sleepers;
std::size_t sleeper_count = 0;

void remove(std::size_t index) noexcept
{
    sleepers[index] = sleepers[--sleeper_count];
}

void get_up(rl::thread_id_t thread) noexcept
{
    for (std::size_t i = 0; i < sleeper_count; ++i) {
        if (sleepers[i].thread == thread) {
            remove(i);
            return;
        }
    }
}

void wait(const std::atomic<std::uint32_t>& word, std::uint32_t value, bool is_timed) noexcept
{
    // No other thread runs between the read and the sleep.
    if (word.newest() != value) {
        return;
    }
    rl::context& here = rl::ctx();
    const rl::thread_id_t self = here.threadx_->index_;
    sleepers[sleeper_count++] = {&word, self};
    // A search for all schedules would never end with sleepers that get up again and again.
    const bool may_get_up_early = here.is_random_sched();
    if (here.park_current_thread(is_timed, may_get_up_early, false, RL_INFO) != rl::unpark_reason_normal) {
        get_up(self);
    }
}

} // namespace

void forget_sleepers() noexcept
{
    sleeper_count = 0;
}

void wait_while_equal(const std::atomic<std::uint32_t>& word, std::uint32_t value) noexcept
{
    wait(word, value, false);
}

void wait_while_equal(const std::atomic<std::uint32_t>& word, std::uint32_t value,
                      std::uint32_t /*timeout_ms*/) noexcept
{
    wait(word, value, true);
}

void wake_all(std::atomic<std::uint32_t>& word) noexcept
{
    rl::context& here = rl::ctx();
    here.sched(); // what the caller did before it and the wake-up itself are two steps
    for (std::size_t i = sleeper_count; i-- != 0;) {
        if (sleepers[i].key == &word) {
            const rl::thread_id_t thread = sleepers[i].thread;
            remove(i);
            here.unpark_thread(thread, false, RL_INFO);
        }
    }
}

} // namespace async_socket::backend
