// The threads of an engine on Linux: loops that own their sockets, and what happens when one blocks.
#include <gtest/gtest.h>
#include <sched.h>

#include <atomic>
#include <csignal>
#include <filesystem>
#include <iterator>
#include <mutex>
#include <thread>

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

void run_on(int processor)
{
    cpu_set_t only;
    CPU_ZERO(&only);
    CPU_SET(static_cast<std::size_t>(processor), &only);
    EXPECT_EQ(0, sched_setaffinity(0, sizeof only, &only));
}

// Keeps a processor busy while it lives, once it has been told which one.
class rival {
public:
    rival()
        : thread_([this] {
              while (processor_ == none) {
              }
              run_on(processor_);
              while (!over_) {
              }
          })
    {
    }
    ~rival()
    {
        over_ = true;
        thread_.join();
    }
    rival(const rival&) = delete;
    rival& operator=(const rival&) = delete;

    void take(int processor) { processor_ = processor; }

private:
    static constexpr int none = -1;

    std::atomic<int> processor_{none};
    std::atomic<bool> over_{false};
    std::thread thread_;
};

std::chrono::nanoseconds time_used_by_this_thread()
{
    timespec used{};
    EXPECT_EQ(0, clock_gettime(CLOCK_THREAD_CPUTIME_ID, &used));
    return std::chrono::seconds(used.tv_sec) + std::chrono::nanoseconds(used.tv_nsec);
}

// A callback that the system does not let run has not been running for long, whatever the time is. It keeps its loop,
// although the other loop sleeps.
void expect_no_loss_without_a_processor()
{
    const engine engine(2, 2);
    rival busy;
    bool cost_the_loop = false;
    std::chrono::nanoseconds used{};
    receive_record slow(1);
    receive_record next(1);
    open_pair pair(engine.handle());
    slow.then = [&](const receive_event&) {
        const auto before = time_used_by_this_thread();
        const int processor = sched_getcpu();
        run_on(processor);
        busy.take(processor);
        const sched_param none{};
        EXPECT_EQ(0, sched_setscheduler(0, SCHED_IDLE, &none)); // has what the rival leaves
        (void)sched_yield();
        const auto over = std::chrono::steady_clock::now() + std::chrono::milliseconds(60);
        while (std::chrono::steady_clock::now() < over && next.count() == 0) {
        }
        cost_the_loop = next.count() != 0;
        used = time_used_by_this_thread() - before;
    };
    ASSERT_EQ(0, slow.start(pair.near_end.handle()));
    ASSERT_EQ(0, next.start(pair.near_end.handle()));
    ASSERT_TRUE(pair.far_end.send("ab", 2));
    EXPECT_TRUE(next.wait());
    async_socket_close(pair.near_end.handle());
    EXPECT_TRUE(!cost_the_loop || used > std::chrono::microseconds(200)) << used.count();
}

// SRS_ASYNC_SOCKET_LINUX_15_002
TEST(LinuxThreads, KeepTheirLoopWhileOthersHaveTheirProcessor)
{
    for (int tries = 0; tries < 3; ++tries) { // the system may let it run after all
        expect_no_loss_without_a_processor();
    }
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

// SRS_ASYNC_SOCKET_LINUX_15_003: whoever closes may hold a lock that callbacks of other sockets want, and these may
// have all threads.
struct lock_holder {
    const char* name;
    std::uint32_t threads;
    bool in_callback;
};

void PrintTo(const lock_holder& holder, std::ostream* out)
{
    *out << holder.name;
}

class CloseUnderALock : public testing::TestWithParam<lock_holder> {};

INSTANTIATE_TEST_SUITE_P(Engine, CloseUnderALock,
                         testing::Values(lock_holder{"OneThread", 1, false},
                                         lock_holder{"OneThreadInACallback", 1, true},
                                         lock_holder{"TwoThreads", 2, false},
                                         lock_holder{"TwoThreadsInACallback", 2, true}),
                         [](const auto& each) { return std::string(each.param.name); });

TEST_P(CloseUnderALock, EndsThoughOthersWaitForTheLock)
{
    constexpr std::size_t others = 8;
    const std::uint32_t threads = GetParam().threads;
    const engine engine(threads, threads);
    std::mutex lock;
    std::deque<receive_record> records;
    std::deque<open_pair> pairs;
    std::atomic<std::size_t> waiting{0};
    for (std::size_t i = 0; i < others; ++i) {
        receive_record& record = records.emplace_back(1);
        record.then = [&](const receive_event&) {
            ++waiting;
            const std::lock_guard<std::mutex> scope(lock);
        };
        ASSERT_EQ(0, record.start(pairs.emplace_back(engine.handle()).near_end.handle()));
    }
    receive_record pending;
    open_pair closed(engine.handle());
    ASSERT_EQ(0, pending.start(closed.near_end.handle()));
    const std::size_t free_threads = threads - (GetParam().in_callback ? 1 : 0);
    const auto close = [&] {
        const std::lock_guard<std::mutex> scope(lock);
        for (open_pair& each : pairs) {
            EXPECT_TRUE(each.far_end.send("x", 1));
        }
        EXPECT_TRUE(becomes_true([&] { return waiting >= free_threads; }));
        std::this_thread::sleep_for(std::chrono::milliseconds(100)); // for what an engine does about blocked threads
        async_socket_close(closed.near_end.handle());
    };
    if (GetParam().in_callback) {
        receive_record received(1);
        gate over;
        open_pair caller(engine.handle());
        received.then = [&](const receive_event&) {
            close();
            over.open();
        };
        ASSERT_EQ(0, received.start(caller.near_end.handle()));
        ASSERT_TRUE(caller.far_end.send("x", 1));
        EXPECT_TRUE(over.wait());
    } else {
        EXPECT_TRUE(ends_soon(close));
    }
    EXPECT_EQ(1U, pending.count());
    for (receive_record& each : records) {
        EXPECT_TRUE(each.wait());
    }
}

// SRS_ASYNC_SOCKET_LINUX_15_002: they go again, also if there is a little to do all the time.
TEST(LinuxThreads, OfABurstGoAgain)
{
    const auto threads = [] {
        const std::filesystem::directory_iterator all("/proc/self/task");
        return std::distance(begin(all), end(all));
    };
    const engine engine;
    gate release;
    receive_record trickle(1);
    open_pair pair(engine.handle());
    trickle.then = [&](const receive_event&) { (void)trickle.start(pair.near_end.handle()); };
    ASSERT_EQ(0, trickle.start(pair.near_end.handle()));
    EXPECT_EQ(60, most_callbacks_at_once(engine.handle(), 60, deadline));
    EXPECT_GE(threads(), 60);
    // Two that stay away, so that there is always somebody who needs a spare.
    std::deque<receive_record> records;
    std::deque<open_pair> pairs;
    for (int i = 0; i < 2; ++i) {
        receive_record& record = records.emplace_back(1);
        record.then = [&](const receive_event&) { (void)release.wait(); };
        open_pair& blocked = pairs.emplace_back(engine.handle());
        ASSERT_EQ(0, record.start(blocked.near_end.handle()));
        ASSERT_TRUE(blocked.far_end.send("x", 1));
        ASSERT_TRUE(record.wait());
    }
    std::size_t count = 0;
    EXPECT_TRUE(becomes_true([&] {
        (void)pair.far_end.send("x", 1);
        (void)trickle.wait(++count);
        std::this_thread::sleep_for(std::chrono::milliseconds(20));
        return threads() < 20;
    }));
    async_socket_close(pair.near_end.handle());
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
