// linux/system/poller.hpp: the time at which a wait ends. What it says of sockets the loops' tests see.
#include <array>
#include <cstdint>

#include <gtest/gtest.h>

#include "core/platform/clock.hpp"
#include "linux/system/poller.hpp"

namespace {

using namespace async_socket;
using linux_os::poller;

constexpr std::uint64_t in_a_ms = 1'000'000;

class Poller : public testing::Test {
protected:
    void SetUp() override { ASSERT_TRUE(poller_.prepare()); }

    // The key of the next event; 0 if there is none now.
    std::uint64_t next(bool waits)
    {
        std::array<epoll_event, 4> room{};
        const auto events = poller_.next(room, waits);
        EXPECT_LE(events.size(), 1U);
        return events.empty() ? 0 : events.front().data.u64;
    }
    // Waits for a time's event, which is not early.
    void expect_time(std::uint64_t time_ns)
    {
        EXPECT_EQ(next(true), poller::time_key);
        EXPECT_GE(backend::now_ns(), time_ns);
    }

    poller poller_;
};

TEST_F(Poller, ATimeEndsAWaitOnce)
{
    for (int i = 0; i < 3; ++i) {
        const std::uint64_t time_ns = backend::now_ns() + 5 * in_a_ms;
        poller_.wake_at(time_ns);
        expect_time(time_ns);
        EXPECT_EQ(next(false), 0U);
        poller_.note_time();
    }
}

TEST_F(Poller, TheEarliestTimeCounts)
{
    const std::uint64_t now = backend::now_ns();
    for (const std::uint64_t ms : {3'600'000U, 20U, 60'000U, 7'200'000U}) {
        poller_.wake_at(now + ms * in_a_ms);
    }
    expect_time(now + 20 * in_a_ms);
    poller_.note_time();
    EXPECT_EQ(next(false), 0U) << "the others are to be told again";
    poller_.wake_at(now + 25 * in_a_ms);
    expect_time(now + 25 * in_a_ms);
}

TEST_F(Poller, ATimeThatIsOverEndsTheNextWait)
{
    poller_.wake_at(1);
    expect_time(1);
    poller_.note_time();
    poller_.wake_at(backend::now_ns());
    expect_time(0);
}

TEST_F(Poller, ATimeThatNeverComesEndsNone)
{
    poller_.wake_at(AS_NEVER);
    poller_.wake_at(AS_NEVER - 1); // farther than the system counts
    EXPECT_EQ(next(false), 0U);
    poller_.wake();
    EXPECT_EQ(next(true), poller::wake_key);
}

// A time that comes between two waits is not lost.
TEST_F(Poller, ATimeMayComeWhileNobodyWaits)
{
    const std::uint64_t time_ns = backend::now_ns() + in_a_ms;
    poller_.wake_at(time_ns);
    while (backend::now_ns() < time_ns) {
    }
    expect_time(time_ns);
}

} // namespace
