// Lets one thread pass for each time it is opened. Not std::binary_semaphore: see support/countdown.hpp.
#pragma once

#include <atomic>

#include "win32/win.hpp"

namespace bench::win32 {

class gate {
public:
    void open() noexcept
    {
        is_open_.store(true);
        WakeByAddressSingle(&is_open_);
    }

    void pass() noexcept
    {
        while (!is_open_.exchange(false)) {
            bool closed = false;
            (void)WaitOnAddress(&is_open_, &closed, sizeof closed, INFINITE);
        }
    }

private:
    std::atomic<bool> is_open_{false};
};

} // namespace bench::win32
