// A socket that has much to do, or whose callbacks take long, is not in the way of the others.
// SRS_ASYNC_SOCKET_LINUX_15_002, SRS_ASYNC_SOCKET_LINUX_15_008
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <thread>

#include "support/ending.hpp"

namespace contract {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

// Sends back what it receives, from the callback.
class echo {
public:
    explicit echo(EXECUTION_ENGINE_HANDLE engine) : pair_(engine)
    {
        received_.then = [this](const receive_event& event) {
            if (event.result == ASYNC_SOCKET_RECEIVE_OK) {
                (void)sent_.start(pair_.near_end.handle(), received_.memory.data(), event.bytes);
                (void)received_.start(pair_.near_end.handle());
            }
        };
        EXPECT_EQ(0, received_.start(pair_.near_end.handle()));
    }
    ~echo() { async_socket_close(pair_.near_end.handle()); } // before what its callbacks use
    echo(const echo&) = delete;
    echo& operator=(const echo&) = delete;

    // How far what `now` tells goes on meanwhile.
    template <typename Now>
    auto median_of_round_trips(Now now)
    {
        constexpr std::ptrdiff_t rounds = 101;
        std::vector<decltype(now())> each;
        for (std::ptrdiff_t i = 0; i < rounds; ++i) {
            const auto begin = now();
            EXPECT_TRUE(pair_.far_end.send("x", 1));
            EXPECT_EQ(1U, pair_.far_end.receive(1).size());
            each.push_back(now() - begin);
            std::this_thread::sleep_for(microseconds(700));
        }
        std::nth_element(each.begin(), each.begin() + rounds / 2, each.end());
        return each[rounds / 2];
    }
    microseconds median_round_trip()
    {
        return median_of_round_trips(
            [] { return std::chrono::duration_cast<microseconds>(steady_clock::now().time_since_epoch()); });
    }

private:
    send_record sent_;
    receive_record received_{64};
    open_pair pair_;
};

// What a callback does for a millisecond.
void block()
{
    std::this_thread::sleep_for(milliseconds(1));
}

void compute()
{
    for (const auto end = steady_clock::now() + milliseconds(1); steady_clock::now() < end;) {
    }
}

// A peer that never stops sending, and a callback that takes its time for each of its little receives.
class flood {
public:
    explicit flood(EXECUTION_ENGINE_HANDLE engine, void (*take_time)()) : pair_(engine)
    {
        received_.then = [this, take_time](const receive_event& event) {
            take_time();
            ++callbacks_;
            if (event.result == ASYNC_SOCKET_RECEIVE_OK && !over_) {
                (void)received_.start(pair_.near_end.handle());
            }
        };
    }
    void start()
    {
        sender_ = std::thread([this] {
            const bytes data(65536);
            while (!over_ && pair_.far_end.send(data)) {
            }
        });
        EXPECT_EQ(0, received_.start(pair_.near_end.handle()));
        EXPECT_TRUE(received_.wait(5));
    }
    ~flood()
    {
        over_ = true;
        async_socket_close(pair_.near_end.handle()); // which ends the sender's call, too
        sender_.join();
    }
    flood(const flood&) = delete;
    flood& operator=(const flood&) = delete;

    // So far.
    [[nodiscard]] unsigned callbacks() const { return callbacks_; }

private:
    std::atomic<bool> over_{false};
    std::atomic<unsigned> callbacks_{0};
    receive_record received_{64};
    open_pair pair_;
    std::thread sender_;
};

// Threads, as an engine has by default where there are as many processors.
unsigned at_least_two()
{
    return std::max(2U, std::thread::hardware_concurrency());
}

// In callbacks, since a millisecond of a machine that others use, too, may take longer.
TEST(Fairness, AnEchoBesideAFloodOnOneThread)
{
    for (void (*const take_time)() : {block, compute}) {
        SCOPED_TRACE(take_time == block ? "callbacks that block" : "callbacks that compute");
        const engine engine(1, 1);
        echo other(engine.handle());
        flood busy(engine.handle(), take_time);
        busy.start();
        EXPECT_LT(other.median_of_round_trips([&] { return busy.callbacks(); }), 10U);
    }
}

TEST(Fairness, AnEchoBesideAFloodOnSeveralThreads)
{
    for (void (*const take_time)() : {block, compute}) {
        SCOPED_TRACE(take_time == block ? "callbacks that block" : "callbacks that compute");
        const engine engine(at_least_two(), 0);
        flood busy(engine.handle(), take_time); // one of the others is on its loop
        std::deque<echo> others;
        for (unsigned i = 0; i < at_least_two(); ++i) {
            others.emplace_back(engine.handle());
        }
        const microseconds quiet = others.front().median_round_trip();
        busy.start();
        for (echo& each : others) {
            EXPECT_LT(each.median_round_trip(), quiet + milliseconds(1));
        }
    }
}

// As fast as if nobody were blocked, up to a little that a busy machine may need.
TEST(Fairness, ABlockedCallbackCostsOthersNothing)
{
    const engine engine;
    gate release;
    std::deque<receive_record> records;
    std::deque<open_pair> blocked;
    std::deque<echo> others;
    for (unsigned i = 0; i < at_least_two(); ++i) {
        others.emplace_back(engine.handle());
    }
    const microseconds quiet = others.front().median_round_trip();
    for (unsigned i = 0; i < others.size(); ++i) {
        receive_record& record = records.emplace_back(1);
        record.then = [&](const receive_event&) { (void)release.wait(); };
        open_pair& pair = blocked.emplace_back(engine.handle());
        ASSERT_EQ(0, record.start(pair.near_end.handle()));
        ASSERT_TRUE(pair.far_end.send("x", 1));
        ASSERT_TRUE(record.wait());
    }
    for (echo& each : others) {
        EXPECT_LT(each.median_round_trip(), 2 * quiet + microseconds(200));
    }
    release.open();
}

// Sends that have ended, each with a callback that takes a while, are in line when a receive of another socket comes.
TEST(Fairness, AReceiveBeforeTheEndOfALongLine)
{
    constexpr std::size_t line = 5000;
    const engine engine(1, 1);
    gate begin;
    gate sent;
    std::atomic<std::size_t> done{0};
    std::atomic<std::size_t> done_by_then{0};
    send_record sends;
    receive_record keeps(1);
    receive_record received(1);
    open_pair blocked(engine.handle());
    open_pair busy(engine.handle());
    open_pair other(engine.handle());
    std::thread reader([&] { EXPECT_EQ(line, busy.far_end.receive(line).size()); });
    keeps.then = [&](const receive_event&) { (void)begin.wait(); };
    sends.then = [&] {
        if (++done == 1) {
            sent.open();
        }
        std::this_thread::sleep_for(microseconds(1));
    };
    received.then = [&](const receive_event&) { done_by_then = done.load(); };
    ASSERT_EQ(0, keeps.start(blocked.near_end.handle()));
    ASSERT_EQ(0, received.start(other.near_end.handle()));
    ASSERT_TRUE(blocked.far_end.send("x", 1));
    ASSERT_TRUE(keeps.wait());
    for (std::size_t i = 0; i < line; ++i) {
        ASSERT_EQ(ASYNC_SOCKET_SEND_SYNC_OK, sends.start(busy.near_end.handle(), "x", 1));
    }
    reader.join();
    begin.open();
    ASSERT_TRUE(sent.wait());
    ASSERT_TRUE(other.far_end.send("x", 1));
    EXPECT_TRUE(received.wait());
    EXPECT_TRUE(sends.wait(line));
    EXPECT_LT(done_by_then, line / 2);
    async_socket_close(busy.near_end.handle());
    async_socket_close(other.near_end.handle());
}

} // namespace
} // namespace contract
