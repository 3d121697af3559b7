#include "linux/loop.hpp"

#include <sys/epoll.h>

#include "linux/channel.hpp"
#include "linux/pool.hpp"

namespace async_socket::linux_os {

namespace {

constexpr std::size_t events_at_once = 128;

// Jobs between two looks at the sockets.
constexpr std::uint32_t receives_at_once = 128;

constinit thread_local loop* own_loop = nullptr;

} // namespace

loop* loop::of_this_thread() noexcept
{
    return own_loop;
}

void loop::run() noexcept
{
    own_loop = this;
    while (!pool_.is_stopping()) {
        poll(true);
        run_batch();
        if (job* const diverted = pool_.relief().take()) {
            run_job(*diverted);
        }
    }
}

// Under the same lock as every post, and as the relief's look for a sleeper: whoever has something later sees
// that he has to wake us. So the relief is asked here and not before.
bool loop::fall_asleep() noexcept
{
    const core::lock::scope scope(lock_);
    diverted_.store(false, std::memory_order_relaxed); // the keeper may have looked a moment too late
    asleep_ = receives_.empty() && others_.empty() && !pool_.relief().has_jobs();
    return asleep_;
}

void loop::poll(bool may_sleep) noexcept
{
    epoll_event room[events_at_once];
    const bool sleeps = may_sleep && fall_asleep();
    const auto events = poller_.next(room, sleeps);
    if (sleeps) {
        {
            const core::lock::scope scope(lock_);
            asleep_ = false;
        }
        pool_.keeper().notice();
    }
    for (const epoll_event& event : events) {
        handle(event.data.u64, event.events);
    }
}

void loop::handle(std::uint64_t key, std::uint32_t events) noexcept
{
    if (key != poller::wake_key) {
        slots_.at(static_cast<std::uint32_t>(key)).on_event(static_cast<std::uint32_t>(key >> 32), events);
    }
}

// Receives go first, with all that their callbacks start; then as many others as there were, so that
// neither kind waits for ever.
void loop::run_batch() noexcept
{
    std::uint32_t others_left = 0;
    {
        const core::lock::scope scope(lock_);
        others_left = other_count_;
    }
    for (std::uint32_t i = 0; i < receives_at_once + others_left; ++i) {
        job* const next = next_job(others_left);
        if (next == nullptr) {
            return;
        }
        run_job(*next);
    }
}

job* loop::next_job(std::uint32_t& others_left) noexcept
{
    const core::lock::scope scope(lock_);
    if (job* const receive = receives_.pop_front()) {
        return receive;
    }
    if (others_left == 0 || others_.empty()) {
        return nullptr;
    }
    --others_left;
    --other_count_;
    return others_.pop_front();
}

void loop::run_job(job& job) noexcept
{
    callbacks_.fetch_add(1, std::memory_order_relaxed);
    job.run();
    callbacks_.fetch_add(1, std::memory_order_relaxed);
    if (diverted_.load(std::memory_order_relaxed)) {
        end_diversion();
    }
}

void loop::post(job_list& jobs) noexcept
{
    bool was_asleep = false;
    {
        const core::lock::scope scope(lock_);
        if (!diverted_.load(std::memory_order_relaxed)) {
            while (job* const each = jobs.pop_front()) {
                if (each->is_receive()) {
                    receives_.push_back(*each);
                } else {
                    others_.push_back(*each);
                    ++other_count_;
                }
            }
            was_asleep = asleep_;
            asleep_ = false;
        }
    }
    if (was_asleep) {
        poller_.wake();
    } else if (!jobs.empty()) {
        pool_.relief().add(jobs);
    }
}

bool loop::wake_if_asleep() noexcept
{
    {
        const core::lock::scope scope(lock_);
        if (!asleep_) {
            return false;
        }
        asleep_ = false;
    }
    poller_.wake();
    return true;
}

bool loop::is_asleep() noexcept
{
    const core::lock::scope scope(lock_);
    return asleep_;
}

void loop::divert() noexcept
{
    job_list waiting;
    {
        const core::lock::scope scope(lock_);
        diverted_.store(true, std::memory_order_relaxed);
        waiting.take_all(receives_);
        waiting.take_all(others_);
        other_count_ = 0;
    }
    if (!waiting.empty()) {
        pool_.relief().add(waiting);
    }
}

void loop::end_diversion() noexcept
{
    const core::lock::scope scope(lock_);
    diverted_.store(false, std::memory_order_relaxed);
}

bool loop::look_after() noexcept
{
    const std::uint32_t callbacks = callbacks_.load(std::memory_order_relaxed);
    const bool is_stuck = callbacks % 2 != 0 && callbacks == callbacks_seen_;
    callbacks_seen_ = callbacks;
    if (is_stuck) {
        divert();
        poll(false);
    }
    return is_stuck;
}

} // namespace async_socket::linux_os
