#include "watchdog.hpp"

#include <cstdio>

#include "process.hpp"

namespace soak {

watchdog::watchdog(std::chrono::seconds patience) : patience_(patience), thread_([this] { watch(); }) {}

watchdog::~watchdog()
{
    {
        const std::lock_guard<std::mutex> lock(mutex_);
        over_ = true;
    }
    changed_.notify_all();
    thread_.join();
}

void watchdog::give_sign()
{
    {
        const std::lock_guard<std::mutex> lock(mutex_);
        ++signs_;
    }
    changed_.notify_all();
}

void watchdog::watch()
{
    std::unique_lock<std::mutex> lock(mutex_);
    while (!over_) {
        const unsigned seen = signs_;
        if (!changed_.wait_for(lock, patience_, [&] { return over_ || signs_ != seen; })) {
            std::printf("soak: FAILED, a round hangs for %lld s\n", static_cast<long long>(patience_.count()));
            end_process(1);
        }
    }
}

} // namespace soak
