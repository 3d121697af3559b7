#include "linux/engine/relief.hpp"

#include "core/address_wait.hpp"
#include "core/log.hpp"
#include "linux/engine/pool.hpp"
#include "linux/system/thread.hpp"

namespace async_socket::linux_os {

namespace {

// How long an idle helper stays.
constexpr std::uint32_t patience_ms = 5000;

} // namespace

void relief::add(job_list& jobs) noexcept
{
    {
        const core::lock::scope scope(lock_);
        jobs_.take_all(jobs);
        has_jobs_.store(true, std::memory_order_relaxed);
    }
    find_somebody();
}

job* relief::take() noexcept
{
    if (!has_jobs()) {
        return nullptr;
    }
    const core::lock::scope scope(lock_);
    return take_first();
}

job* relief::take_first() noexcept
{
    job* const first = jobs_.pop_front();
    has_jobs_.store(!jobs_.empty(), std::memory_order_relaxed);
    taken_ += first != nullptr ? 1 : 0;
    return first;
}

void relief::find_somebody() noexcept
{
    if (pool_.wake_sleeping_loop()) {
        return;
    }
    bool start = false;
    {
        const core::lock::scope scope(lock_);
        if (idle_helpers_ == 0 && helpers_ < spare_ + blocked_) {
            ++helpers_;
            start = true;
        }
    }
    if (start) {
        start_helper();
    } else {
        calls_.fetch_add(1, std::memory_order_relaxed);
        backend::wake_all(calls_);
    }
}

void relief::start_helper() noexcept
{
    pool_.add_reference();
    const int error = start_thread(run_helper, this, "async_socket+");
    if (error == 0) {
        return;
    }
    LOG_WARNING_CODE(error, "the engine cannot start a further thread"); // the keeper asks again
    {
        const core::lock::scope scope(lock_);
        --helpers_;
    }
    pool_.release();
}

void* relief::run_helper(void* self) noexcept
{
    auto& owner = *static_cast<relief*>(self);
    backend::pool& pool = owner.pool_;
    owner.help();
    pool.release();
    return nullptr;
}

void relief::help() noexcept
{
    while (job* const next = wait_for_job()) {
        next->run();
    }
}

job* relief::wait_for_job() noexcept
{
    for (bool waited_long = false;;) {
        const std::uint32_t calls = calls_.load(std::memory_order_acquire);
        {
            const core::lock::scope scope(lock_);
            // A helper that was lent to a close does not stay in addition to those that may be.
            const bool may_run = helpers_ - idle_helpers_ <= spare_ + blocked_;
            if (job* const next = may_run ? take_first() : nullptr) {
                return next;
            }
            if (waited_long || pool_.is_stopping()) {
                --helpers_;
                return nullptr;
            }
            ++idle_helpers_;
        }
        backend::wait_while_equal(calls_, calls, patience_ms);
        waited_long = calls_.load(std::memory_order_relaxed) == calls;
        const core::lock::scope scope(lock_);
        --idle_helpers_;
    }
}

void relief::begin_blocking() noexcept
{
    {
        const core::lock::scope scope(lock_);
        ++blocked_;
    }
    if (has_jobs()) {
        find_somebody();
    }
}

void relief::end_blocking() noexcept
{
    const core::lock::scope scope(lock_);
    --blocked_;
}

void relief::look_after() noexcept
{
    bool nobody_came = false;
    {
        const core::lock::scope scope(lock_);
        nobody_came = !jobs_.empty() && taken_ == taken_seen_;
        taken_seen_ = taken_;
    }
    if (nobody_came) {
        find_somebody();
    }
}

void relief::stop() noexcept
{
    calls_.fetch_add(1, std::memory_order_release);
    backend::wake_all(calls_);
}

} // namespace async_socket::linux_os
