#include "common/interrupt.hpp"

#include <atomic>
#include <csignal>

namespace tools::interrupt {

namespace {

std::atomic<int> signals{0};
static_assert(std::atomic<int>::is_always_lock_free, "a signal handler may not lock");

void on_signal(int signal)
{
    (void)std::signal(signal, on_signal); // some systems forget the handler when they call it
    ++signals;
}

} // namespace

void watch()
{
    (void)std::signal(SIGINT, on_signal);
    (void)std::signal(SIGTERM, on_signal);
}

int count()
{
    return signals;
}

} // namespace tools::interrupt
