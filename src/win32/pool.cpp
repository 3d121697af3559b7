#include "win32/pool.hpp"

#include <algorithm>

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

std::uint32_t pool::raised_maximum() const noexcept
{
    return maximum_ + std::min(blocked_, UINT32_MAX - maximum_);
}

void pool::begin_blocking() noexcept
{
    const win32::srw_lock::scope scope(lock_);
    ++blocked_;
    // The maximum first: it may never be below the minimum.
    SetThreadpoolThreadMaximum(threadpool_.get(), raised_maximum());
    // A raised maximum alone starts no thread for work that waits already; a raised minimum does.
    if (SetThreadpoolThreadMinimum(threadpool_.get(), raised_maximum()) == FALSE) {
        LOG_WARNING("no further pool thread: error %lu", static_cast<unsigned long>(GetLastError()));
    }
}

void pool::end_blocking() noexcept
{
    const win32::srw_lock::scope scope(lock_);
    --blocked_;
    (void)SetThreadpoolThreadMinimum(threadpool_.get(), blocked_ == 0 ? minimum_ : raised_maximum());
    SetThreadpoolThreadMaximum(threadpool_.get(), raised_maximum());
}

} // namespace async_socket::backend
