// async_socket/statistics.h.
#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <cstddef>
#include <thread>

#include "async_socket/statistics.h"
#include "own/listening.hpp"

namespace {

using namespace contract;
using namespace contract::own;

as_stream_statistics of(as_stream* stream)
{
    as_stream_statistics numbers = AS_STREAM_STATISTICS;
    expect(as_stream_get_statistics(stream, &numbers), AS_DONE);
    return numbers;
}

as_engine_statistics of(const engine& asked)
{
    as_engine_statistics numbers = AS_ENGINE_STATISTICS;
    expect(as_engine_get_statistics(asked.handle(), &numbers), AS_DONE);
    return numbers;
}

class OwnStatistics : public testing::Test {
protected:
    operation_record send_;
    operation_record receive_;
    engine engine_;
};

TEST_F(OwnStatistics, AStreamCountsWhatItsCallbacksAreTold)
{
    stream_end end(engine_);
    expect(send_.send(end.handle(), pattern(1000)), AS_DONE);
    ASSERT_TRUE(send_.wait());
    ASSERT_TRUE(end.far_end.send(pattern(30)));
    receive_.then = [&](const as_outcome&) { EXPECT_EQ(of(end.handle()).receives, 1U); };
    expect(receive_.receive_exactly(end.handle(), 30), AS_DONE);
    ASSERT_TRUE(receive_.wait());
    receive_.then = nullptr;
    expect(receive_.receive(end.handle(), 30), AS_DONE);
    as_operation_cancel(&receive_.operation);
    ASSERT_TRUE(receive_.wait(2));
    expect(receive_.outcome(), AS_CANCELLED);
    expect(send_.shut_down_send(end.handle()), AS_DONE);
    ASSERT_TRUE(send_.wait(2));
    const as_stream_statistics numbers = of(end.handle());
    EXPECT_EQ(numbers.sends, 2U);
    EXPECT_EQ(numbers.receives, 2U);
    EXPECT_EQ(numbers.bytes_sent, 1000U);
    EXPECT_EQ(numbers.bytes_received, 30U);
    EXPECT_EQ(numbers.deadlines_passed, 0U);
    EXPECT_EQ(of(engine_).deadlines_passed, 0U);
}

TEST_F(OwnStatistics, AreTheSumsOfStreamsThatComeAndGo)
{
    constexpr std::uint64_t count = 20;
    for (std::uint64_t i = 0; i < count; ++i) {
        stream_end end(engine_);
        stream_end other(engine_);
        EXPECT_EQ(of(engine_).streams_open, 2U);
        expect(send_.send(end.handle(), pattern(100)), AS_DONE);
        EXPECT_EQ(end.far_end.receive(100), pattern(100));
        ASSERT_TRUE(other.far_end.send(pattern(7)));
        expect(receive_.receive_exactly(other.handle(), 7), AS_DONE);
        ASSERT_TRUE(send_.wait(static_cast<std::size_t>(i) + 1));
        ASSERT_TRUE(receive_.wait(static_cast<std::size_t>(i) + 1));
        end.close();
        EXPECT_EQ(of(engine_).streams_open, 1U);
        EXPECT_EQ(of(engine_).bytes_sent, 100 * (i + 1));
    }
    const as_engine_statistics numbers = of(engine_);
    EXPECT_EQ(numbers.streams_open, 0U);
    EXPECT_EQ(numbers.sends, count);
    EXPECT_EQ(numbers.receives, count);
    EXPECT_EQ(numbers.bytes_sent, 100 * count);
    EXPECT_EQ(numbers.bytes_received, 7 * count);
}

// It is counted while it goes on.
TEST_F(OwnStatistics, ASendThatTheDeadlineCutsCountsItsBytes)
{
    stream_end end(engine_);
    expect(send_.send(end.handle(), pattern(20 * mib), as_in_ms(20)), AS_DONE);
    ASSERT_TRUE(send_.wait());
    EXPECT_EQ(send_.outcome().how, AS_TIMED_OUT);
    EXPECT_EQ(of(end.handle()).bytes_sent, send_.outcome().bytes);
    EXPECT_EQ(of(engine_).deadlines_passed, 1U);
}

// Each stream its own, in both directions, and none that something else has ended.
TEST_F(OwnStatistics, AStreamCountsItsDeadlines)
{
    stream_end end(engine_);
    const stream_end other(engine_);
    receive_.then = [&](const as_outcome&) { EXPECT_EQ(of(end.handle()).deadlines_passed, 1U); };
    expect(receive_.receive(end.handle(), 1, as_in_ms(5)), AS_DONE);
    ASSERT_TRUE(receive_.wait());
    expect(receive_.outcome(), AS_TIMED_OUT);
    receive_.then = nullptr;
    expect(send_.send(end.handle(), pattern(20 * mib), as_in_ms(5)), AS_DONE);
    ASSERT_TRUE(send_.wait());
    EXPECT_EQ(send_.outcome().how, AS_TIMED_OUT);
    ASSERT_TRUE(end.far_end.send(pattern(3)));
    expect(receive_.receive(end.handle(), 3, as_in_ms(3'600'000)), AS_DONE); // comes in time
    ASSERT_TRUE(receive_.wait(2));
    expect(receive_.receive(end.handle(), 3, as_in_ms(3'600'000)), AS_DONE);
    as_operation_cancel(&receive_.operation);
    ASSERT_TRUE(receive_.wait(3));
    EXPECT_EQ(of(end.handle()).deadlines_passed, 2U);
    EXPECT_EQ(of(other.handle()).deadlines_passed, 0U);
    end.close();
    EXPECT_EQ(of(engine_).deadlines_passed, 2U);
}

TEST_F(OwnStatistics, ConnectionsAreCounted)
{
    listening here(engine_);
    arrival accepted;
    arrival connected;
    expect(accepted.accept(here.handle()), AS_DONE);
    expect(connected.connect(engine_, here.address()), AS_DONE);
    expect(accepted.end(), AS_DONE);
    expect(connected.end(), AS_DONE);
    as_engine_statistics numbers = of(engine_);
    EXPECT_EQ(numbers.connections_accepted, 1U);
    EXPECT_EQ(numbers.connects_done, 1U);
    EXPECT_EQ(numbers.connects_failed, 0U);
    EXPECT_EQ(numbers.streams_open, 2U);
    EXPECT_EQ(numbers.sends + numbers.receives + numbers.bytes_sent + numbers.bytes_received, 0U);
    const as_address gone = here.address();
    here.close();
    arrival refused;
    const as_outcome answer = refused.connect(engine_, gone);
    EXPECT_EQ((answer.how == AS_DONE ? refused.end() : answer).how, AS_REFUSED);
    arrival in_vain;
    listening silent(engine_);
    expect(in_vain.accept(silent.handle(), as_in_ms(1)), AS_DONE);
    expect(in_vain.end(), AS_TIMED_OUT);
    numbers = of(engine_);
    EXPECT_EQ(numbers.connects_failed, 1U);
    EXPECT_EQ(numbers.deadlines_passed, 1U);
    EXPECT_EQ(numbers.connections_accepted, 1U);
    EXPECT_EQ(numbers.connections_lost, 0U);
    EXPECT_EQ(numbers.accept_shortages, 0U);
}

TEST_F(OwnStatistics, OnlyGrowWhileStreamsComeAndGo)
{
    std::atomic<bool> is_over{false};
    std::thread reader([&] {
        as_engine_statistics last = of(engine_);
        while (!is_over) {
            const as_engine_statistics now = of(engine_);
            EXPECT_GE(now.sends, last.sends);
            EXPECT_GE(now.bytes_sent, last.bytes_sent);
            EXPECT_GE(now.receives, last.receives);
            EXPECT_GE(now.bytes_received, last.bytes_received);
            last = now;
        }
    });
    for (std::size_t i = 0; i < 50; ++i) {
        stream_end end(engine_);
        expect(receive_.receive(end.handle(), 1), AS_DONE);
        for (std::size_t each = 0; each < 10; ++each) {
            expect(send_.send(end.handle(), pattern(10)), AS_DONE);
            ASSERT_TRUE(send_.wait(10 * i + each + 1));
        }
        end.close();
        ASSERT_TRUE(receive_.wait(i + 1));
    }
    is_over = true;
    reader.join();
    EXPECT_EQ(of(engine_).bytes_sent, 5000U);
    EXPECT_EQ(of(engine_).receives, 50U);
}

TEST_F(OwnStatistics, ReleasedStreamsAreNotOpen)
{
    stream_end end(engine_);
    expect(send_.send(end.handle(), pattern(10)), AS_DONE);
    ASSERT_TRUE(send_.wait());
    as_socket socket{};
    expect(as_stream_release(end.release(), &socket), AS_DONE);
    const peer given_back{SOCKET_HANDLE(socket)};
    EXPECT_EQ(of(engine_).streams_open, 0U);
    EXPECT_EQ(of(engine_).bytes_sent, 10U);
}

// A program that was compiled when there were fewer numbers has no room for the others.
TEST_F(OwnStatistics, AStructureOfTheFirstSize)
{
    stream_end end(engine_);
    ASSERT_TRUE(end.far_end.send(pattern(3)));
    expect(receive_.receive(end.handle(), 3), AS_DONE);
    ASSERT_TRUE(receive_.wait());
    as_stream_statistics numbers = AS_STREAM_STATISTICS;
    constexpr std::uint32_t first_size = offsetof(as_stream_statistics, deadlines_passed);
    numbers.size = first_size;
    numbers.deadlines_passed = 7;
    expect(as_stream_get_statistics(end.handle(), &numbers), AS_DONE);
    EXPECT_EQ(numbers.size, first_size);
    EXPECT_EQ(numbers.receives, 1U);
    EXPECT_EQ(numbers.deadlines_passed, 7U);
    numbers.size = first_size - 1;
    expect(as_stream_get_statistics(end.handle(), &numbers), AS_INVALID);
}

TEST_F(OwnStatistics, StructuresOfAnotherSize)
{
    stream_end end(engine_);
    struct {
        as_engine_statistics known = AS_ENGINE_STATISTICS;
        std::uint64_t later = 7;
    } grown;
    grown.known.size = sizeof grown;
    expect(as_engine_get_statistics(engine_.handle(), &grown.known), AS_DONE);
    EXPECT_EQ(grown.known.streams_open, 1U);
    EXPECT_EQ(grown.known.size, sizeof grown);
    EXPECT_EQ(grown.later, 0U);
    grown.known.size = sizeof grown.known - 1;
    expect(as_engine_get_statistics(engine_.handle(), &grown.known), AS_INVALID);
    EXPECT_EQ(grown.known.streams_open, 1U);
    as_stream_statistics numbers = AS_STREAM_STATISTICS;
    expect(as_stream_get_statistics(nullptr, &numbers), AS_INVALID);
    expect(as_stream_get_statistics(end.handle(), nullptr), AS_INVALID);
    expect(as_engine_get_statistics(nullptr, &grown.known), AS_INVALID);
    expect(as_engine_get_statistics(engine_.handle(), nullptr), AS_INVALID);
    numbers.size = 0;
    expect(as_stream_get_statistics(end.handle(), &numbers), AS_INVALID);
}

} // namespace
