#include "win32/engine/pool.hpp"

#include <algorithm>

#include "c_pal/execution_engine.h"
#include "core/log.hpp"
#include "core/memory.hpp"
#include "win32/engine/turn.hpp"
#include "win32/system/wine.hpp"

namespace async_socket::backend {

namespace {

constexpr std::uint32_t most_further = 64;

} // namespace

std::uint32_t default_minimum() noexcept
{
    return DEFAULT_MIN_THREAD_COUNT;
}

pool* pool_create(std::uint32_t minimum, std::uint32_t maximum) noexcept
{
    win32::unique_threadpool threadpool(CreateThreadpool(nullptr));
    if (!threadpool) {
        LOG_ERROR("CreateThreadpool failed with error %lu", static_cast<unsigned long>(GetLastError()));
        return nullptr;
    }
    if (SetThreadpoolThreadMinimum(threadpool.get(), minimum) == FALSE) {
        LOG_ERROR("SetThreadpoolThreadMinimum(%u) failed with error %lu", static_cast<unsigned>(minimum),
                  static_cast<unsigned long>(GetLastError()));
        return nullptr;
    }
    if (maximum != 0) {
        SetThreadpoolThreadMaximum(threadpool.get(), maximum);
    }
    win32::unique_event event;
    if (win32::is_wine()) {
        event.reset(CreateEventW(nullptr, TRUE, FALSE, nullptr));
        if (!event) {
            LOG_ERROR("CreateEvent failed with error %lu", static_cast<unsigned long>(GetLastError()));
            return nullptr;
        }
    }
    pool* const created = core::create<pool>(std::move(threadpool), std::move(event), minimum, maximum);
    if (created == nullptr) {
        LOG_ERROR("execution_engine_create: out of memory");
    }
    return created;
}

void pool_destroy(pool* pool) noexcept
{
    core::destroy(pool); // CloseThreadpool does not wait
}

void begin_blocking(pool& pool) noexcept
{
    win32::turn::hand_over_all();
    pool.begin_blocking();
}

void end_blocking(pool& pool) noexcept
{
    pool.end_blocking();
}

void pool::begin_blocking() noexcept
{
    const win32::srw_lock::scope scope(lock_);
    ++blocked_;
    adjust();
}

void pool::end_blocking() noexcept
{
    const win32::srw_lock::scope scope(lock_);
    --blocked_;
    adjust();
}

void pool::begin_need() noexcept
{
    const win32::srw_lock::scope scope(lock_);
    ++needs_;
    adjust();
}

void pool::end_need() noexcept
{
    const win32::srw_lock::scope scope(lock_);
    --needs_;
    further_ = needs_ == 0 ? 0 : further_;
    adjust();
}

void pool::ask_again() noexcept
{
    const win32::srw_lock::scope scope(lock_);
    if (lent_ == wanted() && further_ < most_further) {
        ++further_;
    }
    adjust();
}

std::uint32_t pool::wanted() const noexcept
{
    return needs_ == 0 ? 0 : std::min(blocked_ + further_, UINT32_MAX - maximum_);
}

void pool::adjust() noexcept
{
    if (!is_bounded()) {
        return; // the pool grows by itself
    }
    const std::uint32_t lend = wanted();
    if (lend == lent_) {
        return;
    }
    // The maximum may never be below the minimum.
    if (lend > lent_) {
        SetThreadpoolThreadMaximum(threadpool_.get(), maximum_ + lend);
    }
    // A raised maximum alone starts no thread for work that waits already; a raised minimum does.
    if (SetThreadpoolThreadMinimum(threadpool_.get(), lend == 0 ? minimum_ : maximum_ + lend) == FALSE) {
        LOG_WARNING("the pool cannot be given %s thread: error %lu", lend > lent_ ? "a further" : "back its last",
                    static_cast<unsigned long>(GetLastError()));
        if (lend > lent_) {
            SetThreadpoolThreadMaximum(threadpool_.get(), maximum_ + lent_);
        }
        return; // as it was; whoever waits asks again
    }
    if (lend < lent_) {
        SetThreadpoolThreadMaximum(threadpool_.get(), maximum_ + lend);
    }
    lent_ = lend;
}

} // namespace async_socket::backend
