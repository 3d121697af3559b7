// Waiting in tests: always for an event, never for a time. The deadline only turns a hang into a
// failure; it is generous, since the machine may be busy.
#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>

namespace contract {

constexpr std::chrono::seconds deadline{30};

// A close or destroy returns within this time, whatever the peer does.
constexpr std::chrono::seconds ending_limit{1};

// A state that threads change and wait on. A waiter may destroy it as soon as its wait returned, while
// the thread that changed it is still on its way out: that thread holds on to the lock by itself.
class signal {
public:
    // Runs `change` under the lock, then wakes the waiters.
    template <typename Change>
    void update(Change change)
    {
        const std::shared_ptr<sync> keep = sync_;
        const std::lock_guard<std::mutex> lock(keep->mutex);
        change();
        keep->changed.notify_all();
    }

    // False if `condition` did not come true within the deadline.
    template <typename Condition>
    [[nodiscard]] bool wait(Condition condition)
    {
        std::unique_lock<std::mutex> lock(sync_->mutex);
        return sync_->changed.wait_for(lock, deadline, condition);
    }

    // A value that `update` changes, read under the lock.
    template <typename Read>
    auto read(Read read)
    {
        const std::lock_guard<std::mutex> lock(sync_->mutex);
        return read();
    }

private:
    struct sync {
        std::mutex mutex;
        std::condition_variable changed;
    };
    std::shared_ptr<sync> sync_ = std::make_shared<sync>();
};

// Opens once, for good.
class gate {
public:
    void open()
    {
        signal_.update([this] { open_ = true; });
    }
    [[nodiscard]] bool wait()
    {
        return signal_.wait([this] { return open_; });
    }

private:
    signal signal_;
    bool open_ = false;
};

// A place where `expected` threads wait for one another.
class meeting {
public:
    explicit meeting(int expected) : expected_(expected) {}
    bool arrive_and_wait()
    {
        signal_.update([&] { ++arrived_; });
        return signal_.wait([&] { return arrived_ >= expected_; });
    }

private:
    signal signal_;
    const int expected_;
    int arrived_ = 0;
};

// Polls: for what gives no sign when it changes. False if it did not come true within the deadline.
template <typename Condition>
[[nodiscard]] bool becomes_true(Condition condition)
{
    const auto give_up = std::chrono::steady_clock::now() + deadline;
    while (!condition()) {
        if (std::chrono::steady_clock::now() > give_up) {
            return false;
        }
        std::this_thread::yield();
    }
    return true;
}

// Runs `action` on a thread of its own. True if it ended within the deadline; otherwise the thread is
// left behind, and the test has failed anyway.
[[nodiscard]] bool ends_soon(std::function<void()> action);
// The same for actions that must end within `limit`, such as a close (a second).
[[nodiscard]] bool ends_within(std::chrono::milliseconds limit, std::function<void()> action);

} // namespace contract
