// core/time/idle_time.hpp, of a socket over a fake backend that notes what is to be ended.
#include "core/time/idle_time.hpp"

#include <atomic>
#include <memory>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "core/platform/clock.hpp"
#include "core/socket/socket.hpp"
#include "support/fake_backend.hpp"
#include "support/test_platform.hpp"
#include "support/waiting.hpp"

namespace {

using namespace async_socket;
using namespace async_socket::test;
using core::direction;
using core::operation_kind;

constexpr std::uint64_t in_a_ms = 1'000'000;
constexpr std::uint64_t hour = 3'600'000 * in_a_ms;

class IdleTime : public testing::Test {
protected:
    IdleTime() : stream_(core::socket::create(*engine_, backend::no_connection(), 0, nullptr))
    {
        const backend::connection given = connection_number(7);
        EXPECT_TRUE(stream_->set_mode(core::completion_mode::in_order));
        EXPECT_TRUE(stream_->open(&given, nullptr, nullptr).is_none());
    }
    ~IdleTime() override { close(); }
    IdleTime(const IdleTime&) = delete;
    IdleTime& operator=(const IdleTime&) = delete;

    void set(std::uint64_t length_ns)
    {
        const core::lifecycle::visit visit(stream_->life());
        EXPECT_TRUE(stream_->set_idle_time(length_ns).is_none());
    }
    void start_receive()
    {
        const core::lifecycle::visit visit(stream_->life());
        const core::operation asked{[](as_operation*, as_outcome) {}, nullptr, 0, {}, operation_kind::receive};
        stream_->note_wait(direction::receive); // as a platform does
        EXPECT_TRUE(stream_->start(asked, &memory_).is_none());
    }
    void close()
    {
        if (stream_ != nullptr) {
            std::exchange(stream_, nullptr)->close_and_free();
        }
    }
    [[nodiscard]] bool rings_until_something_ends()
    {
        return wait_until([this] {
            backend_.clock.ring(10);
            return !backend_.cancelled.empty();
        });
    }

    fake_backend backend_;
    engine_reference engine_;
    as_operation memory_{};
    core::socket* stream_;
};

TEST_F(IdleTime, OfNothingIsNotArmed)
{
    set(0);
    EXPECT_EQ(backend_.clock.next(), AS_NEVER);
    set(hour);
    EXPECT_LT(backend_.clock.next(), backend::now_ns() + 2 * hour);
    for (const std::uint64_t never : {std::uint64_t{0}, AS_NEVER, AS_NEVER - 1}) {
        set(hour);
        set(never);
        EXPECT_EQ(backend_.clock.look(), AS_NEVER) << never;
    }
}

TEST_F(IdleTime, EndsWhatIsPendingAndGoesOn)
{
    start_receive();
    const std::uint64_t began = backend::now_ns();
    set(2 * in_a_ms);
    ASSERT_TRUE(rings_until_something_ends());
    EXPECT_GE(backend::now_ns(), began + 2 * in_a_ms);
    EXPECT_EQ(backend_.cancelled.size(), 1U);
    EXPECT_NE(backend_.clock.look(), AS_NEVER);
    ASSERT_TRUE(wait_until([this] { // it is still there
        backend_.clock.ring(10);
        return backend_.cancelled.size() == 2;
    }));
}

TEST_F(IdleTime, WaitsForNothing)
{
    set(in_a_ms);
    const std::uint64_t end = backend::now_ns() + 10 * in_a_ms;
    while (backend::now_ns() < end) {
        backend_.clock.ring(10);
    }
    EXPECT_TRUE(backend_.cancelled.empty());
    EXPECT_NE(backend_.clock.look(), AS_NEVER);
    const std::uint64_t began = backend::now_ns();
    start_receive();
    ASSERT_TRUE(rings_until_something_ends());
    EXPECT_GE(backend::now_ns(), began + in_a_ms);
}

TEST_F(IdleTime, IsPutOffByEachByte)
{
    constexpr std::uint64_t length = 10 * in_a_ms;
    start_receive();
    set(length);
    std::uint64_t last = backend::now_ns();
    int way = 0;
    for (std::uint64_t next = last; backend_.cancelled.empty() && way != 30; backend_.clock.ring(10)) {
        if (backend::now_ns() >= next) {
            last = backend::now_ns();
            stream_->count_bytes(++way % 2 == 0 ? direction::send : direction::receive, 1);
            next = last + in_a_ms;
        }
    }
    ASSERT_TRUE(rings_until_something_ends()); // at once if this thread had no processor for so long
    EXPECT_GE(backend::now_ns(), last + length);
}

TEST_F(IdleTime, IsNotPutOffByTheEndOfTheStream)
{
    start_receive();
    set(2 * in_a_ms);
    ASSERT_TRUE(wait_until([this] {
        stream_->count_bytes(direction::receive, 0);
        backend_.clock.ring(10);
        return !backend_.cancelled.empty();
    }));
}

TEST_F(IdleTime, IsNotArmedAnyMoreWhenItsStreamIsClosed)
{
    set(hour);
    close();
    EXPECT_EQ(backend_.clock.look(), AS_NEVER);
}

TEST_F(IdleTime, ACloseWaitsForWhoeverRings)
{
    std::unique_ptr<background> closer;
    std::atomic<bool> is_closed{false};
    core::socket& stream = *stream_;
    backend_.inside_end_idle = [&] {
        closer = std::make_unique<background>([&] {
            close();
            is_closed = true;
        });
        EXPECT_TRUE(wait_until([&stream] { return !stream.is_open(); }));
        EXPECT_TRUE(wait_until_blocked(1));
        EXPECT_EQ(backend_.channels, 1);
        EXPECT_FALSE(is_closed);
    };
    set(1);
    ASSERT_TRUE(wait_until([&] {
        backend_.clock.ring(1);
        return closer != nullptr;
    }));
    closer.reset();
    EXPECT_TRUE(is_closed);
    EXPECT_EQ(backend_.clock.look(), AS_NEVER);
}

TEST_F(IdleTime, IsRefusedWithoutAClock)
{
    const core::lifecycle::visit visit(stream_->life());
    backend_.refuse_alarms = true;
    EXPECT_EQ(stream_->set_idle_time(1).how, core::ending::no_room);
    EXPECT_TRUE(stream_->set_idle_time(0).is_none());
    backend_.refuse_alarms = false;
    EXPECT_TRUE(stream_->set_idle_time(1).is_none());
}

// Many threads set it, also for the first time, while it comes due.
TEST_F(IdleTime, IsSetOnSeveralThreads)
{
    constexpr int threads = 3;
    constexpr int times = 2000;
    starting_line line(threads + 1);
    std::atomic<int> at_work{threads};
    start_receive();
    {
        std::vector<std::unique_ptr<background>> all;
        for (int i = 0; i < threads; ++i) {
            all.push_back(std::make_unique<background>([&, i] {
                line.arrive_and_wait();
                for (int k = 0; k < times; ++k) {
                    set(static_cast<std::uint64_t>((i * 7919 + k * 31) % 3) * in_a_ms);
                }
                --at_work;
            }));
        }
        line.arrive_and_wait();
        while (at_work != 0) {
            backend_.clock.ring(8);
        }
    }
    set(0);
    EXPECT_EQ(backend_.clock.look(), AS_NEVER);
}

} // namespace
