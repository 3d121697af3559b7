// A slim lock, taken for one scope. Nothing that blocks and no callback of the user's runs under one.
#pragma once

#include "win32/system/win.hpp"

namespace async_socket::win32 {

class srw_lock {
public:
    class scope {
    public:
        explicit scope(srw_lock& lock) noexcept : lock_(lock) { AcquireSRWLockExclusive(&lock_.lock_); }
        ~scope() { ReleaseSRWLockExclusive(&lock_.lock_); }
        scope(const scope&) = delete;
        scope& operator=(const scope&) = delete;

    private:
        srw_lock& lock_;
    };

    srw_lock() = default;
    srw_lock(const srw_lock&) = delete;
    srw_lock& operator=(const srw_lock&) = delete;

private:
    SRWLOCK lock_ = SRWLOCK_INIT;
};

} // namespace async_socket::win32
