// The execution engine as its users see it: whose threads run the callbacks, and who keeps it alive.
#include <gtest/gtest.h>

#include <set>

#include "handle_count.hpp"
#include "support/ending.hpp"

namespace contract {
namespace {

// The threads that callbacks ran on, and how many callbacks ran at one time.
class observed_threads {
public:
    void record()
    {
        signal_.update([this] {
            threads_.insert(std::this_thread::get_id());
            most_at_once_ = std::max(most_at_once_, ++running_);
        });
        std::this_thread::yield(); // others that may run would now
        signal_.update([this] { --running_; });
    }
    [[nodiscard]] std::set<std::thread::id> threads()
    {
        return signal_.read([this] { return threads_; });
    }
    [[nodiscard]] int most_at_once()
    {
        return signal_.read([this] { return most_at_once_; });
    }

private:
    signal signal_;
    std::set<std::thread::id> threads_;
    int running_ = 0;
    int most_at_once_ = 0;
};

// Sockets of one engine, each with a receive that arms itself again.
class busy_sockets {
public:
    busy_sockets(EXECUTION_ENGINE_HANDLE engine, int count)
    {
        for (int i = 0; i < count; ++i) {
            receive_record& record = records_.emplace_back(100);
            const ASYNC_SOCKET_HANDLE socket = pairs_.emplace_back(engine).near_end.handle();
            record.then = [this, &record, socket](const receive_event&) {
                observed.record();
                (void)record.start(socket);
            };
            EXPECT_EQ(0, record.start(socket));
        }
    }

    // A byte for every socket, and again once its callback came.
    bool exchange(std::size_t times)
    {
        bool all = true;
        for (std::size_t time = 1; time <= times; ++time) {
            for (open_pair& each : pairs_) {
                all = each.far_end.send("x", 1) && all;
            }
            for (receive_record& each : records_) {
                all = each.wait(time) && all;
            }
        }
        return all;
    }

    observed_threads observed;

private:
    std::deque<receive_record> records_; // outlives the sockets, which may still call back
    std::deque<open_pair> pairs_;
};

TEST(Engine, RunsCallbacksOnItsOwnPool) // 01_035, 01_036
{
    const engine first(1, 1);
    const engine second(1, 1);
    busy_sockets first_sockets(first.handle(), 5);
    busy_sockets second_sockets(second.handle(), 5);
    EXPECT_TRUE(first_sockets.exchange(20));
    EXPECT_TRUE(second_sockets.exchange(20));
    ASSERT_EQ(1U, first_sockets.observed.threads().size());
    ASSERT_EQ(1U, second_sockets.observed.threads().size());
    EXPECT_NE(first_sockets.observed.threads(), second_sockets.observed.threads());
    EXPECT_EQ(0U, first_sockets.observed.threads().count(std::this_thread::get_id()));
}

TEST(Engine, RunsNoMoreCallbacksAtOnceThanItHasThreads)
{
    const engine engine(2, 2);
    busy_sockets sockets(engine.handle(), 8);
    EXPECT_TRUE(sockets.exchange(50));
    EXPECT_LE(sockets.observed.most_at_once(), 2);
}

TEST(Engine, RunsCallbacksOfTwoSocketsAtOnce)
{
    const engine engine;
    meeting both(2);
    std::atomic<int> met{0};
    std::deque<receive_record> records(2);
    std::deque<open_pair> pairs;
    for (receive_record& record : records) {
        record.then = [&](const receive_event&) { met += both.arrive_and_wait() ? 1 : 0; };
        open_pair& pair = pairs.emplace_back(engine.handle());
        ASSERT_EQ(0, record.start(pair.near_end.handle()));
        ASSERT_TRUE(pair.far_end.send("x", 1));
    }
    pairs.clear(); // the destroys wait for the callbacks
    EXPECT_EQ(2, met);
}

// While callbacks wait inside a close the pool lends itself threads; afterwards it is as it was.
TEST(Engine, HasItsThreadsAgainAfterClosesInCallbacks)
{
    const engine engine(1, 1);
    for (int i = 0; i < 5; ++i) {
        open_pair caller(engine.handle());
        open_pair pair(engine.handle());
        pending_operations pending(pair.near_end.handle());
        pending.receive();
        timed_ending close(ending::close);
        receive_record received;
        received.then = [&](const receive_event&) { close(pair.near_end, pending); };
        ASSERT_EQ(0, received.start(caller.near_end.handle()));
        ASSERT_TRUE(caller.far_end.send("x", 1));
        EXPECT_TRUE(close.returned_in_time());
    }
    busy_sockets sockets(engine.handle(), 5);
    EXPECT_TRUE(sockets.exchange(20));
}

TEST(Engine, IsSharedByManySockets)
{
    const engine engine;
    busy_sockets sockets(engine.handle(), 50);
    EXPECT_TRUE(sockets.exchange(5));
}

TEST(Engine, LivesAsLongAsItsSockets) // 42_004
{
    engine engine;
    closed_pair first(engine.handle());
    closed_pair second(engine.handle());
    engine.release();
    EXPECT_EQ(0, first.near_end.open());
    EXPECT_TRUE(carries_traffic(first.near_end.handle(), first.far_end));
    first.near_end.destroy();
    EXPECT_EQ(0, second.near_end.open());
    EXPECT_TRUE(carries_traffic(second.near_end.handle(), second.far_end));
    async_socket_close(second.near_end.handle());
}

TEST(Engine, LivesAsLongAsItsReferences)
{
    engine engine;
    const EXECUTION_ENGINE_HANDLE handle = engine.handle();
    execution_engine_inc_ref(handle);
    engine.release();
    {
        open_pair pair(handle);
        EXPECT_TRUE(carries_traffic(pair.near_end.handle(), pair.far_end));
    }
    open_pair another(handle);
    execution_engine_dec_ref(handle);
    EXPECT_TRUE(carries_traffic(another.near_end.handle(), another.far_end));
}

TEST(Engine, LeavesNoHandlesBehindWithItsLastSocket) // 01_005, 42_005
{
    const auto use = [] {
        engine engine;
        open_pair first(engine.handle());
        open_pair second(engine.handle());
        engine.release();
        EXPECT_TRUE(carries_traffic(first.near_end.handle(), first.far_end));
        EXPECT_TRUE(carries_traffic(second.near_end.handle(), second.far_end));
    };
    use(); // what the system keeps after the first use
    const std::size_t before = async_socket::test::open_handles();
    for (int i = 0; i < 20; ++i) {
        use();
    }
    EXPECT_TRUE(handles_come_down_to(before + late_handles));
}

} // namespace
} // namespace contract
