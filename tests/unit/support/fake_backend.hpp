// A backend (core/platform/backend.hpp) without a system behind it: the test says what every call answers, and
// when and on which thread a started operation ends.
//
// Each test makes one `fake_backend`, which everything below the core then belongs to. At its end it
// checks that all of that has been given back.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "core/engine/execution_engine.hpp"
#include "core/operation/operation.hpp"
#include "core/platform/backend.hpp"
#include "core/socket/socket.hpp"
#include "core/time/alarm_clock.hpp"

namespace async_socket::test {

// What a start answers.
constexpr core::refusal accepted{};
constexpr core::refusal not_open{core::ending::closed_here};
constexpr core::refusal refused{core::ending::failed};

// How a channel counts what its closer waits for.
struct channel_state {
    std::mutex mutex;
    std::condition_variable changed;
    std::uint32_t unended = 0; // operations that were started and whose callback has not returned

    void begin_one();
    void end_one();
    void wait_for_all();
};

// In the memory of whoever started it, until it is delivered.
struct fake_operation : core::operation {
    fake_operation(const core::operation& asked, backend::channel& its_channel);

    backend::channel& channel;
    core::socket& owner;
    std::shared_ptr<channel_state> state;
};

class fake_backend {
public:
    fake_backend();
    ~fake_backend();
    fake_backend(const fake_backend&) = delete;
    fake_backend& operator=(const fake_backend&) = delete;

    // ---- what calls answer -----------------------------------------------------------------------
    std::atomic<bool> refuse_pool{false};
    std::atomic<bool> refuse_channel{false};
    std::atomic<bool> refuse_alarms{false};
    std::atomic<bool> refuse_posts{false};
    std::atomic<bool> process_is_ending{false};
    std::atomic<core::refusal> start_answer{accepted};
    std::uint64_t operation_size = sizeof(fake_operation);
    // Run inside the call, if set; to be set before threads start.
    std::function<void()> inside_channel_open;
    std::function<void()> inside_channel_start;
    std::function<void(core::operation&)> inside_cancel;
    std::function<void()> inside_end_idle;

    // ---- what happened ---------------------------------------------------------------------------
    std::atomic<int> pools{0};
    std::atomic<int> abandoned{0};        // pools and channels
    std::atomic<int> pools_waited_for{0}; // of those that were destroyed
    std::atomic<int> blocked_threads{0};  // in a close or destroy inside a callback
    std::atomic<int> channels{0};
    std::atomic<int> operations{0}; // started, and not delivered
    std::atomic<int> channels_being_closed{0};
    std::atomic<std::uint32_t> pool_minimum{0};
    std::atomic<std::uint32_t> pool_maximum{0};
    struct cancel {
        const core::operation* operation;
        core::ending why;
        bool operator==(const cancel&) const = default;
    };
    std::vector<cancel> cancelled; // by one thread at a time
    core::alarm_clock clock;       // of all pools; the test rings
    // How often the connection with this number was closed.
    [[nodiscard]] int closes_of(int connection);

    // ---- operations ------------------------------------------------------------------------------
    // Takes the oldest operation that was started and has not ended; null if there is none.
    [[nodiscard]] fake_operation* take_started();
    // Asks with those that were started and have not ended, and notes them as cancelled if it is over.
    void end_idle(const backend::channel& channel, core::idle_time& asked);
    // Ends it as a thread of the pool does, callback and all, on the calling thread.
    static void deliver(fake_operation& operation, core::outcome outcome);
    // The same on one of the fake's threads; returns at once.
    void deliver_on_a_pool_thread(fake_operation& operation, core::outcome outcome);
    void run_on_a_pool_thread(std::function<void()> work);

    // ---- for the backend's functions -------------------------------------------------------------
    static fake_backend& current();
    void started(fake_operation& operation);
    [[nodiscard]] std::vector<fake_operation*> take_started_of(const backend::channel& channel);
    void note_close(const backend::connection& connection);

private:
    void work();

    std::mutex mutex_;
    std::condition_variable work_came_;
    std::deque<fake_operation*> started_;
    std::deque<std::function<void()>> work_;
    std::vector<int> closed_;
    bool ending_ = false;
    std::vector<std::thread> threads_;
};

// A connection that is nothing but a number, above 0.
[[nodiscard]] backend::connection connection_number(int number);
[[nodiscard]] SOCKET_HANDLE socket_number(int number);

// With the usual parameters; null on failure.
[[nodiscard]] core::execution_engine* create_engine();

// One reference to an engine on a fake pool.
class engine_reference {
public:
    engine_reference();
    ~engine_reference() { release(); }
    engine_reference(const engine_reference&) = delete;
    engine_reference& operator=(const engine_reference&) = delete;

    [[nodiscard]] core::execution_engine& operator*() const noexcept { return *engine_; }
    void release();

private:
    core::execution_engine* engine_;
};

constexpr core::outcome done_with(std::uint64_t bytes)
{
    return {core::ending::done, bytes, 0};
}

} // namespace async_socket::test
