#include "linux/thread/fork.hpp"

#include <pthread.h>
#include <unistd.h>

#include <atomic>
#include <cstdlib>

#include "core/common/lock.hpp"
#include "core/common/log.hpp"
#include "core/common/process_mark.hpp"
#include "core/life/close_wait.hpp"
#include "linux/socket/bound_sockets.hpp"

namespace async_socket::linux_os {

namespace {

constinit std::atomic<bool> watched{false};
constinit core::lock lock;

// In the child, on its only thread: a lock of the parent's other threads may be held for ever, so what all of the
// process share is made anew. Allocates nothing. LINUX_18_002, LINUX_18_003
void begin_child() noexcept
{
    core::process_mark::begin_child();
    core::close_wait::forget_all();
    bound_sockets::forget_all();
}

} // namespace

bool watch_forks() noexcept
{
    if (watched.load(std::memory_order_acquire)) {
        return true;
    }
    const core::lock::scope scope(lock);
    if (!watched.load(std::memory_order_relaxed)) {
        watched.store(pthread_atfork(nullptr, nullptr, begin_child) == 0, std::memory_order_release);
    }
    return watched.load(std::memory_order_relaxed);
}

void end_forked_thread() noexcept
{
    LOG_ERROR("a child that a callback forked has returned from it: it has no other thread, and ends");
    _exit(EXIT_FAILURE);
}

} // namespace async_socket::linux_os
