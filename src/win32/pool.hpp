// A thread pool of the operating system.
#pragma once

#include <cstdint>

#include "core/backend.hpp"
#include "win32/unique_handle.hpp"

namespace async_socket::backend {

class pool {
public:
    pool(win32::unique_threadpool threadpool, std::uint32_t minimum, std::uint32_t maximum) noexcept
        : threadpool_(std::move(threadpool)), minimum_(minimum), maximum_(maximum)
    {
    }

    [[nodiscard]] PTP_POOL threadpool() const noexcept { return threadpool_.get(); }

    // One more, or one less, callback that blocks its thread until other callbacks have run.
    void begin_blocking() noexcept;
    void end_blocking() noexcept;

private:
    void allow(std::uint32_t extra_threads) noexcept;

    win32::unique_threadpool threadpool_;
    const std::uint32_t minimum_;
    const std::uint32_t maximum_; // 0: none
    SRWLOCK lock_ = SRWLOCK_INIT;
    std::uint32_t blocked_ = 0; // guarded by lock_
};

} // namespace async_socket::backend
