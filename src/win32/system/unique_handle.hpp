// Owners of the system's handles: one line for each kind.
#pragma once

#include "core/common/unique_handle.hpp"
#include "win32/system/win.hpp"

namespace async_socket::win32 {

struct event_traits {
    using type = HANDLE;
    static type none() noexcept { return nullptr; }
    static void close(type handle) noexcept { (void)CloseHandle(handle); }
};

struct threadpool_io_traits {
    using type = PTP_IO;
    static type none() noexcept { return nullptr; }
    static void close(type handle) noexcept { CloseThreadpoolIo(handle); }
};

struct threadpool_work_traits {
    using type = PTP_WORK;
    static type none() noexcept { return nullptr; }
    static void close(type handle) noexcept { CloseThreadpoolWork(handle); }
};

struct threadpool_timer_traits {
    using type = PTP_TIMER;
    static type none() noexcept { return nullptr; }
    // Its callback neither runs nor comes any more when this returns.
    static void close(type handle) noexcept
    {
        SetThreadpoolTimer(handle, nullptr, 0, 0);
        WaitForThreadpoolTimerCallbacks(handle, TRUE);
        CloseThreadpoolTimer(handle);
    }
};

struct threadpool_traits {
    using type = PTP_POOL;
    static type none() noexcept { return nullptr; }
    static void close(type handle) noexcept { CloseThreadpool(handle); }
};

struct module_traits {
    using type = HMODULE;
    static type none() noexcept { return nullptr; }
    static void close(type handle) noexcept { (void)FreeLibrary(handle); }
};

using unique_event = core::unique_handle<event_traits>;
using unique_threadpool_io = core::unique_handle<threadpool_io_traits>;
using unique_threadpool_work = core::unique_handle<threadpool_work_traits>;
using unique_threadpool_timer = core::unique_handle<threadpool_timer_traits>;
using unique_threadpool = core::unique_handle<threadpool_traits>;
using unique_module = core::unique_handle<module_traits>;

} // namespace async_socket::win32
