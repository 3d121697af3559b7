// Owners of the system's handles: one template, one line for each kind. Closing keeps the thread's
// last error, so that clean-up on a failure path does not hide the failure.
#pragma once

#include <utility>

#include "core/last_error.hpp"
#include "win32/system/win.hpp"
#include "win32/system/winsock.hpp"

namespace async_socket::win32 {

// `Traits`: the type, its empty value, how to close one.
template <typename Traits>
class unique_handle {
public:
    using type = typename Traits::type;

    unique_handle() noexcept = default;
    explicit unique_handle(type handle) noexcept : handle_(handle) {}
    ~unique_handle() { reset(); }
    unique_handle(unique_handle&& other) noexcept : handle_(other.release()) {}
    unique_handle& operator=(unique_handle&& other) noexcept
    {
        reset(other.release()); // right for itself, too
        return *this;
    }

    [[nodiscard]] type get() const noexcept { return handle_; }
    [[nodiscard]] explicit operator bool() const noexcept { return handle_ != Traits::none(); }
    [[nodiscard]] type release() noexcept { return std::exchange(handle_, Traits::none()); }

    void reset(type handle = Traits::none()) noexcept
    {
        if (handle_ != Traits::none()) {
            const backend::last_error_guard keep;
            Traits::close(handle_);
        }
        handle_ = handle;
    }

private:
    type handle_{Traits::none()};
};

struct event_traits {
    using type = HANDLE;
    static type none() noexcept { return nullptr; }
    static void close(type handle) noexcept { (void)CloseHandle(handle); }
};

struct socket_traits {
    using type = SOCKET;
    static type none() noexcept { return INVALID_SOCKET; }
    static void close(type handle) noexcept { close_socket(handle); }
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

struct address_list_traits {
    using type = addrinfo*;
    static type none() noexcept { return nullptr; }
    static void close(type handle) noexcept { freeaddrinfo(handle); }
};

using unique_event = unique_handle<event_traits>;
using unique_socket = unique_handle<socket_traits>;
using unique_threadpool_io = unique_handle<threadpool_io_traits>;
using unique_threadpool_work = unique_handle<threadpool_work_traits>;
using unique_threadpool = unique_handle<threadpool_traits>;
using unique_module = unique_handle<module_traits>;
using unique_address_list = unique_handle<address_list_traits>;

} // namespace async_socket::win32
