// An engine that cannot start a further thread goes on with those that it has. SRS_ASYNC_SOCKET_LINUX_15_009
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <deque>
#include <thread>

#include "async_socket/log.h"
#include "faulty_calls.hpp"
#include "support/ending.hpp"

namespace faults {

namespace {

using contract::open_pair;
using contract::receive_record;

std::atomic<std::uint32_t> warnings{0};

void count_warnings(ASYNC_SOCKET_LOG_LEVEL, const char*)
{
    ++warnings;
}

// Every thread that the engine had at first, but for the one that watches, is blocked in a callback.
class NoFurtherThread : public testing::Test {
protected:
    void SetUp() override
    {
        warnings = 0;
        async_socket_set_log_level(ASYNC_SOCKET_LOG_WARNING);
        async_socket_set_log_callback(count_warnings);
        for (std::uint32_t i = 0; i < std::max(minimum, std::thread::hardware_concurrency()); ++i) {
            receive_record& record = records_.emplace_back(1);
            record.then = [this](const contract::receive_event&) { (void)release_.wait(); };
            open_pair& pair = pairs_.emplace_back(engine_.handle());
            ASSERT_EQ(0, record.start(pair.near_end.handle()));
        }
        const fault none{"pthread_create", 1, UINT32_MAX - 1, kind::error, EAGAIN};
        plan(&none);
        for (open_pair& each : pairs_) {
            ASSERT_TRUE(each.far_end.send("x", 1));
        }
        for (receive_record& each : records_) {
            ASSERT_TRUE(each.wait());
        }
    }
    void TearDown() override
    {
        release_.open();
        plan(nullptr);
        pairs_.clear();
        async_socket_set_log_callback(nullptr);
        async_socket_set_log_level(ASYNC_SOCKET_LOG_OFF); // as the other tests have it
    }

    static constexpr std::uint32_t minimum = 2;
    const contract::engine engine_{minimum, 0};

private:
    contract::gate release_;
    std::deque<receive_record> records_;
    std::deque<open_pair> pairs_;
};

TEST_F(NoFurtherThread, IsTriedNowAndThenAndToldOnce)
{
    EXPECT_TRUE(contract::becomes_true([] { return calls_of("pthread_create") >= 2; }));
    std::this_thread::sleep_for(std::chrono::seconds(1));
    EXPECT_LE(calls_of("pthread_create"), 5U);
    EXPECT_EQ(1U, warnings);
}

TEST_F(NoFurtherThread, BytesMoveAndClosesEnd)
{
    const contract::bytes data = contract::pattern(std::size_t{8} << 20);
    contract::send_record sent;
    receive_record received;
    open_pair pair(engine_.handle());
    ASSERT_EQ(0, received.start(pair.near_end.handle()));
    ASSERT_EQ(ASYNC_SOCKET_SEND_SYNC_OK, sent.start(pair.near_end.handle(), data.data(), data.size()));
    EXPECT_TRUE(data == pair.far_end.receive(data.size()));
    const test_call outside; // the test's own thread
    EXPECT_TRUE(contract::ends_within(contract::ending_limit, [&] {
        const library_call inside;
        async_socket_close(pair.near_end.handle());
    }));
    EXPECT_EQ(1U, sent.count());
    EXPECT_EQ(1U, received.count());
}

TEST_F(NoFurtherThread, ComesWhenThereAreThreadsAgain)
{
    receive_record received(1);
    open_pair pair(engine_.handle());
    ASSERT_EQ(0, received.start(pair.near_end.handle()));
    ASSERT_TRUE(pair.far_end.send("x", 1));
    EXPECT_TRUE(contract::becomes_true([] { return calls_of("pthread_create") >= 1; }));
    plan(nullptr);
    EXPECT_TRUE(received.wait());
}

} // namespace
} // namespace faults
