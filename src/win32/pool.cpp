#include "win32/pool.hpp"

#include "core/log.hpp"
#include "core/memory.hpp"

namespace async_socket::backend {

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
    pool* const created = core::create<pool>(std::move(threadpool), minimum, maximum);
    if (created == nullptr) {
        LOG_ERROR("execution_engine_create: out of memory");
    }
    return created;
}

void pool_destroy(pool* pool) noexcept
{
    core::destroy(pool); // CloseThreadpool does not wait
}

void pool::begin_blocking() noexcept
{
    AcquireSRWLockExclusive(&lock_);
    allow(++blocked_);
    ReleaseSRWLockExclusive(&lock_);
}

void pool::end_blocking() noexcept
{
    AcquireSRWLockExclusive(&lock_);
    allow(--blocked_);
    ReleaseSRWLockExclusive(&lock_);
}

void pool::allow(std::uint32_t extra_threads) noexcept
{
    if (maximum_ == 0) {
        return; // the pool grows by itself
    }
    SetThreadpoolThreadMaximum(threadpool_.get(), maximum_ + extra_threads);
    // A raised maximum alone starts no thread for work that waits already; a raised minimum does.
    const std::uint32_t minimum = extra_threads == 0 ? minimum_ : maximum_ + extra_threads;
    if (SetThreadpoolThreadMinimum(threadpool_.get(), minimum) == FALSE) {
        LOG_WARNING("no further pool thread: error %lu", static_cast<unsigned long>(GetLastError()));
    }
}

blocked_worker::blocked_worker(pool& pool) noexcept : pool_(&pool)
{
    pool.begin_blocking();
}

blocked_worker::~blocked_worker()
{
    pool_->end_blocking();
}

} // namespace async_socket::backend
