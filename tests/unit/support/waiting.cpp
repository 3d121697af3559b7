#include "support/waiting.hpp"

#include <cstdio>
#include <cstdlib>
#include <utility>

namespace async_socket::test {

void event::set()
{
    const std::lock_guard lock(mutex_);
    set_ = true;
    changed_.notify_all();
}

bool event::wait()
{
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, deadline, [this] { return set_; });
}

bool event::is_set()
{
    const std::lock_guard lock(mutex_);
    return set_;
}

background::background(std::function<void()> body)
    : thread_([this, body = std::move(body)] {
          body();
          ended_.set();
      })
{
}

background::~background()
{
    if (!ended_.wait()) {
        (void)std::fprintf(stderr, "a thread of the test did not end in time\n");
        std::abort();
    }
    thread_.join();
}

bool background::finished()
{
    return ended_.wait();
}

void starting_line::arrive_and_wait()
{
    const unsigned round = round_.load(std::memory_order_acquire);
    if (arrived_.fetch_add(1, std::memory_order_acq_rel) + 1 == threads_) {
        arrived_.store(0, std::memory_order_relaxed);
        round_.store(round + 1, std::memory_order_release);
        return;
    }
    while (round_.load(std::memory_order_acquire) == round) {
        std::this_thread::yield();
    }
}

bool wait_until(const std::function<bool()>& condition)
{
    const auto end = std::chrono::steady_clock::now() + deadline;
    while (!condition()) {
        if (std::chrono::steady_clock::now() > end) {
            return false;
        }
        std::this_thread::yield();
    }
    return true;
}

} // namespace async_socket::test
