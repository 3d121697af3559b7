#include "linux/engine/loop.hpp"

#include <sys/epoll.h>

#include <algorithm>

#include "linux/engine/pool.hpp"
#include "linux/socket/channel.hpp"

namespace async_socket::linux_os {

namespace {

constexpr std::size_t events_at_once = 128;

// Jobs between two looks at the sockets. A callback of a send that goes on sending is called a few times, which
// saves looks; without a limit the bytes would be out of the cache before anybody reads them.
constexpr std::uint32_t receives_at_once = 128;
constexpr std::uint32_t others_at_once = 8;

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
        const bool sleeps = run_batch() && !pool_.is_stopping(); // one of its callbacks may have stopped the pool
        job* const diverted = sleeps ? nullptr : pool_.relief().take();
        if (diverted != nullptr) {
            run_job(*diverted);
        }
        gathers_ = true;
        poll(sleeps);
        gathers_ = false;
    }
}

void loop::poll(bool sleeps) noexcept
{
    epoll_event room[events_at_once];
    for (const epoll_event& event : poller_.next(room, sleeps)) {
        handle(event.data.u64, event.events);
    }
}

void loop::handle(std::uint64_t key, std::uint32_t events) noexcept
{
    if (key != poller::wake_key) {
        slots_.at(static_cast<std::uint32_t>(key)).on_event(static_cast<std::uint32_t>(key >> 32), events);
    } else if (own_loop != this) {
        poller_.wake(); // the keeper has got what was meant for the thread
    }
}

// Receives go first, with all that their callbacks start; then as many others as there are by then, so that
// neither kind waits for ever.
bool loop::run_batch() noexcept
{
    batch left{receives_at_once, 0, false};
    job* next = nullptr;
    bool sleeps = false;
    {
        const core::lock::scope scope(lock_);
        asleep_ = false;
        diverted_.store(false, std::memory_order_relaxed); // the keeper may have looked a moment too late
        add(gathered_);
        next = take_next(left);
        sleeps = next == nullptr && fall_asleep();
    }
    if (!sleeps) {
        pool_.keeper().notice();
    }
    while (next != nullptr) {
        run_job(*next);
        const core::lock::scope scope(lock_);
        next = take_next(left);
        sleeps = next == nullptr && fall_asleep();
    }
    return sleeps;
}

job* loop::take_next(batch& left) noexcept
{
    if (left.receives_left != 0 && !receives_.empty()) {
        --left.receives_left;
        return receives_.pop_front();
    }
    if (!left.others_have_begun) {
        left.others_have_begun = true;
        left.others_left = std::max(other_count_, others_at_once);
    }
    if (left.others_left == 0 || others_.empty()) {
        return nullptr;
    }
    --left.others_left;
    --other_count_;
    return others_.pop_front();
}

// Under the same lock as every post, and as the relief's look for a sleeper: whoever has something later sees
// that he has to wake us. So the relief is asked here and not before. The thread wakes by itself some time
// before asleep_ says so, but runs no job in between.
bool loop::fall_asleep() noexcept
{
    asleep_ = receives_.empty() && others_.empty() && !pool_.relief().has_jobs();
    return asleep_;
}

// Nobody else counts, so this is no read-modify-write.
void loop::run_job(job& job) noexcept
{
    const std::uint32_t callbacks = callbacks_.load(std::memory_order_relaxed);
    callbacks_.store(callbacks + 1, std::memory_order_relaxed);
    job.run();
    callbacks_.store(callbacks + 2, std::memory_order_relaxed);
    if (diverted_.load(std::memory_order_relaxed)) {
        end_diversion();
    }
}

void loop::add(job_list& jobs) noexcept
{
    while (job* const each = jobs.pop_front()) {
        if (each->is_receive()) {
            receives_.push_back(*each);
        } else {
            others_.push_back(*each);
            ++other_count_;
        }
    }
}

void loop::post(job_list& jobs) noexcept
{
    if (own_loop == this && gathers_) {
        gathered_.take_all(jobs);
        return;
    }
    bool was_asleep = false;
    {
        const core::lock::scope scope(lock_);
        if (!diverted_.load(std::memory_order_relaxed)) {
            add(jobs);
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
