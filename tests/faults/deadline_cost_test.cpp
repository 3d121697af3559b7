// What deadlines cost: a million of them, armed and ended, are no allocation and hardly a system call. And a million
// operations of a stream that has an idle time.
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <map>
#include <string>
#include <vector>

#include "async_socket/deadline.h"
#include "async_socket/engine.h"
#include "async_socket/stream.h"
#include "counted_atomics.hpp"
#include "faulty_calls.hpp"
#include "support/signal.hpp"

namespace faults {

namespace {

constexpr std::array deadline_calls{"calloc",  "epoll_ctl", "epoll_wait", "futex_wake",      "malloc", "recv",
                                    "recvmsg", "send",      "sendmsg",    "timerfd_settime", "write"};

std::uint32_t calls_now()
{
    std::uint32_t sum = 0;
    for (const char* const call : deadline_calls) {
        sum += calls_of(call);
    }
    return sum;
}

// What the other threads of an engine do while the test goes on, and the few deadlines that come before all others.
constexpr std::uint32_t room_for_others = 2000;

constexpr std::uint32_t million = 1'000'000;

// Receives of one stream, in memory of the test's; a few of them come due.
class ManyDeadlines {
public:
    explicit ManyDeadlines(as_engine* engine) : operations_(million)
    {
        const test_call mine;
        std::array<int, 2> ends{-1, -1};
        EXPECT_EQ(::socketpair(AF_UNIX, SOCK_STREAM, 0, ends.data()), 0);
        peer_ = ends[1];
        const library_call its_own;
        EXPECT_EQ(as_stream_adopt(engine, ends[0], &stream_).how, AS_DONE);
    }
    ~ManyDeadlines()
    {
        const test_call mine;
        (void)::close(peer_);
    }
    ManyDeadlines(const ManyDeadlines&) = delete;
    ManyDeadlines& operator=(const ManyDeadlines&) = delete;

    // All of them in the next hour, in no order, from the second minute on.
    void arm()
    {
        std::uint64_t ms = 1;
        for (as_operation& each : operations_) {
            ms = (ms * 48271) % 2147483647;
            start(each, as_in_ms(60'000 + ms % 3'600'000));
        }
    }
    void start_without_deadlines()
    {
        for (as_operation& each : operations_) {
            start(each, AS_NEVER);
        }
    }
    void set_idle_time() { EXPECT_EQ(as_stream_set_idle_time(stream_, 3'600'000).how, AS_DONE); }
    // A byte at a time, each of which ends a receive.
    void receive(std::uint32_t count)
    {
        const test_call mine;
        for (std::uint32_t i = 0; i < count; ++i) {
            ASSERT_EQ(::send(peer_, "x", 1, 0), 1);
        }
        ASSERT_TRUE(contract::becomes_true([&] { return done_ == count; }));
    }
    void close() { as_stream_close(stream_); }
    [[nodiscard]] std::uint32_t ended() const { return ended_.load(); }

private:
    void start(as_operation& each, as_deadline deadline)
    {
        each = {on_end, this, {}};
        ASSERT_EQ(as_stream_receive(stream_, &each, &buffer_, 1, deadline).how, AS_DONE);
    }
    static void on_end(as_operation* operation, as_outcome outcome)
    {
        auto& own = *static_cast<ManyDeadlines*>(operation->context);
        EXPECT_TRUE(outcome.how == AS_CLOSED_HERE || outcome.how == AS_DONE);
        (outcome.how == AS_DONE ? own.done_ : own.ended_).fetch_add(1, std::memory_order_relaxed);
    }

    char byte_ = 0;
    as_buffer buffer_{as_buffer_of(&byte_, 1)};
    std::vector<as_operation> operations_;
    as_stream* stream_ = nullptr;
    int peer_ = -1;
    std::atomic<std::uint32_t> ended_{0};
    std::atomic<std::uint32_t> done_{0};
};

TEST(CostOfDeadlines, IsNoSystemCallAndNoAllocation)
{
    plan(nullptr);
    as_engine* engine = nullptr;
    ASSERT_EQ(as_engine_create(nullptr, &engine).how, AS_DONE);
    {
        ManyDeadlines all(engine);
        const std::int64_t memory_before = memory_in_use();
        const std::uint32_t calls_before = calls_now();
        const std::uint64_t changes_before = read_modify_writes;
        const as_deadline began = as_now();
        all.arm();
        const std::uint32_t calls_of_arming = calls_now() - calls_before;
        const std::uint64_t changes_of_arming = read_modify_writes - changes_before;
        const as_deadline armed = as_now();
        EXPECT_LE(calls_of_arming, room_for_others);
        EXPECT_EQ(memory_in_use(), memory_before);
        // As any: a visit, the lane's lock, what is undelivered. One alarm is armed for the earliest of them.
        EXPECT_LE(changes_of_arming, std::uint64_t{million} * 5 + room_for_others);
        all.close();
        EXPECT_EQ(all.ended(), million);
        EXPECT_LE(calls_now() - calls_before, 2 * room_for_others);
        RecordProperty("ns_to_arm", static_cast<int>((armed - began) / million));
        RecordProperty("ns_to_end", static_cast<int>((as_now() - armed) / million));
        RecordProperty("calls_of_arming", static_cast<int>(calls_of_arming));
        RecordProperty("changes_of_arming_in_1000", static_cast<int>(changes_of_arming / 1000));
        RecordProperty("calls", static_cast<int>(calls_now() - calls_before));
    }
    EXPECT_EQ(as_engine_end_and_wait(engine).how, AS_DONE);
}

// One allocation for a stream that has one, and none for an operation, nor a change of shared memory that the others do
// not make.
TEST(CostOfIdleTimes, IsAnAllocationForEachStream)
{
    plan(nullptr);
    as_engine* engine = nullptr;
    ASSERT_EQ(as_engine_create(nullptr, &engine).how, AS_DONE);
    {
        ManyDeadlines all(engine);
        const std::uint32_t allocations_before = calls_of("malloc");
        const std::int64_t memory_before = memory_in_use();
        all.set_idle_time();
        all.set_idle_time();
        EXPECT_EQ(calls_of("malloc") - allocations_before, 1U);
        EXPECT_EQ(memory_in_use() - memory_before, 1); // block
        const std::uint32_t calls_before = calls_now();
        const std::uint64_t changes_before = read_modify_writes;
        all.start_without_deadlines();
        EXPECT_LE(calls_now() - calls_before, room_for_others);
        // As any: a visit, the lane's lock, what is undelivered.
        EXPECT_LE(read_modify_writes - changes_before, std::uint64_t{million} * 5 + room_for_others);
        all.receive(1000);
        EXPECT_EQ(calls_of("malloc") - allocations_before, 1U);
        all.close();
        EXPECT_EQ(all.ended(), million - 1000);
    }
    EXPECT_EQ(as_engine_end_and_wait(engine).how, AS_DONE);
}

} // namespace
} // namespace faults
