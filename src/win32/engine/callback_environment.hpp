// What the callbacks of a pool have in common: one for each object that makes them.
#pragma once

#include "win32/system/module.hpp"
#include "win32/system/win.hpp"

namespace async_socket::win32 {

class callback_environment {
public:
    explicit callback_environment(PTP_POOL threadpool) noexcept
    {
        InitializeThreadpoolEnvironment(&environment_);       // 01_016
        SetThreadpoolCallbackPool(&environment_, threadpool); // 01_035, 01_036
        // Whoever unloads us does not unload what a thread returns to from its last callback.
        SetThreadpoolCallbackLibrary(&environment_, this_module());
    }
    ~callback_environment() { DestroyThreadpoolEnvironment(&environment_); } // 01_042
    callback_environment(const callback_environment&) = delete;
    callback_environment& operator=(const callback_environment&) = delete;

    [[nodiscard]] PTP_CALLBACK_ENVIRON get() noexcept { return &environment_; }

private:
    TP_CALLBACK_ENVIRON environment_;
};

} // namespace async_socket::win32
