// The threads of an engine on Linux: loops that own their sockets, and what happens when one blocks.
#include <gtest/gtest.h>
#include <sched.h>

#include <csignal>

#include "support/ending.hpp"

namespace contract {
namespace {

// Callbacks of as many sockets, which stay until all of them run or the time is up. How many ran at once.
int most_callbacks_at_once(EXECUTION_ENGINE_HANDLE engine, int sockets, std::chrono::milliseconds patience)
{
    signal state;
    int running = 0;
    int most = 0;
    gate release;
    std::deque<receive_record> records;
    std::deque<open_pair> pairs;
    for (int i = 0; i < sockets; ++i) {
        receive_record& record = records.emplace_back(10);
        record.then = [&](const receive_event&) {
            state.update([&] { most = std::max(most, ++running); });
            (void)release.wait();
            state.update([&] { --running; });
        };
        open_pair& pair = pairs.emplace_back(engine);
        EXPECT_EQ(0, record.start(pair.near_end.handle()));
        EXPECT_TRUE(pair.far_end.send("x", 1));
    }
    const auto give_up = std::chrono::steady_clock::now() + patience;
    while (state.read([&] { return most; }) < sockets && std::chrono::steady_clock::now() < give_up) {
        std::this_thread::yield();
    }
    release.open();
    for (receive_record& each : records) {
        EXPECT_TRUE(each.wait());
    }
    pairs.clear();
    return most;
}

// SRS_ASYNC_SOCKET_LINUX_15_001
TEST(LinuxThreads, AreNoMoreThanTheMaximum)
{
    const engine two(1, 2);
    EXPECT_EQ(2, most_callbacks_at_once(two.handle(), 3, std::chrono::milliseconds(300)));
}

// SRS_ASYNC_SOCKET_LINUX_15_002
TEST(LinuxThreads, GrowWhenCallbacksBlock)
{
    const engine engine;
    EXPECT_EQ(20, most_callbacks_at_once(engine.handle(), 20, deadline));
    const class engine small(1, 8);
    EXPECT_EQ(8, most_callbacks_at_once(small.handle(), 8, deadline));
}

TEST(LinuxThreads, OfABlockedLoopAreReplacedByThoseWithNothingToDo)
{
    const engine engine(2, 2);
    gate release;
    receive_record keeps(1);
    receive_record goes_on(1);
    open_pair blocked(engine.handle());
    keeps.then = [&](const receive_event&) { (void)release.wait(); };
    ASSERT_EQ(0, keeps.start(blocked.near_end.handle()));
    ASSERT_EQ(0, goes_on.start(blocked.near_end.handle()));
    ASSERT_TRUE(blocked.far_end.send("ab", 2));
    ASSERT_TRUE(keeps.wait());
    EXPECT_TRUE(goes_on.wait()); // the other thread's doing
    release.open();
}

// SRS_ASYNC_SOCKET_LINUX_15_003: the bytes move, and closes end, although no thread is free for callbacks.
TEST(LinuxThreads, AllBlockedDoNotStopBytesAndCloses)
{
    const engine engine(1, 1);
    const bytes data = pattern(std::size_t{32} << 20);
    gate release;
    receive_record keeps(1);
    send_record sent;
    open_pair blocked(engine.handle());
    open_pair pair(engine.handle());
    keeps.then = [&](const receive_event&) { (void)release.wait(); };
    ASSERT_EQ(0, keeps.start(blocked.near_end.handle()));
    ASSERT_TRUE(blocked.far_end.send("a", 1));
    ASSERT_TRUE(keeps.wait());
    ASSERT_EQ(ASYNC_SOCKET_SEND_SYNC_OK, sent.start(pair.near_end.handle(), data.data(), data.size()));
    EXPECT_TRUE(data == pair.far_end.receive(data.size()));
    EXPECT_EQ(0U, sent.count());
    EXPECT_TRUE(ends_within(ending_limit, [&] { async_socket_close(pair.near_end.handle()); }));
    EXPECT_EQ(std::vector{ASYNC_SOCKET_SEND_OK}, sent.results());
    release.open();
}

// SRS_ASYNC_SOCKET_LINUX_15_004: a signal is for the program's threads.
TEST(LinuxThreads, TakeNoSignalsOfTheProgram)
{
    const engine engine;
    sigset_t blocked{};
    receive_record received(1);
    open_pair pair(engine.handle());
    received.then = [&](const receive_event&) { (void)pthread_sigmask(SIG_BLOCK, nullptr, &blocked); };
    ASSERT_EQ(0, received.start(pair.near_end.handle()));
    ASSERT_TRUE(pair.far_end.send("x", 1));
    ASSERT_TRUE(received.wait());
    pair.near_end.destroy();
    for (const int each : {SIGINT, SIGTERM, SIGUSR1, SIGCHLD, SIGPIPE}) {
        EXPECT_EQ(1, sigismember(&blocked, each)) << each;
    }
    EXPECT_EQ(0, sigismember(&blocked, SIGSEGV));
}

} // namespace
} // namespace contract
