// Waiting in tests: for events, never for time. What does not come within `deadline` is a failure.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>

namespace async_socket::test {

constexpr std::chrono::seconds deadline{30};

// Something that happens once.
class event {
public:
    void set();
    // False when it did not happen in time.
    [[nodiscard]] bool wait();
    [[nodiscard]] bool is_set();

private:
    std::mutex mutex_;
    std::condition_variable changed_;
    bool set_ = false;
};

// A thread that runs `body`. Destruction joins it; a thread that does not end in time stops the
// program, since everything that it uses is about to go.
class background {
public:
    explicit background(std::function<void()> body);
    ~background();
    background(const background&) = delete;
    background& operator=(const background&) = delete;

    // False when it did not end in time.
    [[nodiscard]] bool finished();

private:
    event ended_;
    std::thread thread_;
};

// Lets threads that wait in it go on together, round after round. Spins, so that they start within a
// few instructions of each other, and orders nothing but the rounds.
class starting_line {
public:
    explicit starting_line(int threads) : threads_(threads) {}
    void arrive_and_wait();

private:
    const int threads_;
    std::atomic<int> arrived_{0};
    std::atomic<unsigned> round_{0};
};

// Yields until `condition` holds; false when it did not in time. For conditions that nobody signals.
[[nodiscard]] bool wait_until(const std::function<bool()>& condition);

} // namespace async_socket::test
