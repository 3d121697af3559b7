// async_socket/stream.h: ending one direction, sending some, receiving exactly.
#include <gtest/gtest.h>

#include "own/stream_end.hpp"

namespace {

using namespace contract;
using namespace contract::own;

class OwnHalfClose : public testing::Test {
protected:
    operation_record send_;
    operation_record receive_;
    operation_record shutdown_;
    engine engine_;
    stream_end end_{engine_};
    as_stream* const stream_ = end_.handle();
};

TEST_F(OwnHalfClose, TheEndComesBehindTheSendsBeforeIt)
{
    const bytes much = pattern(16 * mib); // more than the system takes at once
    expect(send_.send(stream_, much), AS_DONE);
    expect(shutdown_.shut_down_send(stream_), AS_DONE);
    EXPECT_EQ(shutdown_.count(), 0U);
    EXPECT_EQ(end_.far_end.receive_to_end(), much);
    ASSERT_TRUE(send_.wait());
    ASSERT_TRUE(shutdown_.wait());
    expect(send_.outcome(), AS_DONE, much.size());
    expect(shutdown_.outcome(), AS_DONE);
    ASSERT_TRUE(end_.far_end.send(pattern(9))); // the other direction goes on
    expect(receive_.receive_exactly(stream_, 9), AS_DONE);
    ASSERT_TRUE(receive_.wait());
    EXPECT_EQ(receive_.received(), pattern(9));
}

// Wine cuts a send when a receive that is pending finds the end.
TEST_F(OwnHalfClose, APeerThatEndsStillGetsWhatIsUnderWay)
{
    const bytes much = pattern(16 * mib);
    operation_record behind;
    expect(receive_.receive(stream_, 5), AS_DONE);
    expect(send_.send(stream_, much), AS_DONE);
    expect(behind.send(stream_, pattern(5)), AS_DONE);
    end_.far_end.shut_down_sending();
    ASSERT_TRUE(receive_.wait());
    expect(receive_.outcome(), AS_END_OF_STREAM);
    EXPECT_EQ(end_.far_end.receive(much.size()), much);
    EXPECT_EQ(end_.far_end.receive(5), pattern(5));
    ASSERT_TRUE(send_.wait());
    ASSERT_TRUE(behind.wait());
    expect(send_.outcome(), AS_DONE, much.size());
    expect(behind.outcome(), AS_DONE, 5);
}

TEST_F(OwnHalfClose, AloneItIsSeenAtOnce)
{
    expect(shutdown_.shut_down_send(stream_), AS_DONE);
    EXPECT_TRUE(end_.far_end.sees_end());
    ASSERT_TRUE(shutdown_.wait());
    expect(shutdown_.outcome(), AS_DONE);
}

TEST_F(OwnHalfClose, NothingGoesOutBehindIt)
{
    expect(shutdown_.shut_down_send(stream_), AS_DONE);
    ASSERT_TRUE(shutdown_.wait());
    expect(send_.send(stream_, pattern(5)), AS_CLOSED_HERE);
    EXPECT_TRUE(end_.far_end.sees_end());
}

// In line, before its turn.
TEST_F(OwnHalfClose, WhatWaitsBehindItEndsAsClosedHere)
{
    const bytes much = pattern(16 * mib);
    operation_record behind;
    expect(send_.send(stream_, much), AS_DONE);
    expect(shutdown_.shut_down_send(stream_), AS_DONE);
    expect(behind.send(stream_, pattern(5)), AS_DONE);
    EXPECT_EQ(end_.far_end.receive_to_end(), much);
    ASSERT_TRUE(behind.wait());
    expect(shutdown_.outcome(), AS_DONE);
    EXPECT_EQ(behind.outcome().how, static_cast<std::uint32_t>(AS_CLOSED_HERE));
    EXPECT_EQ(behind.outcome().bytes, 0U);
}

TEST_F(OwnHalfClose, CancelledInLineItHasNotHappened)
{
    const bytes much = pattern(16 * mib);
    expect(send_.send(stream_, much), AS_DONE);
    expect(shutdown_.shut_down_send(stream_), AS_DONE);
    as_operation_cancel(&shutdown_.operation);
    ASSERT_TRUE(shutdown_.wait());
    EXPECT_EQ(shutdown_.outcome().how, static_cast<std::uint32_t>(AS_CANCELLED));
    EXPECT_EQ(end_.far_end.receive(much.size()), much);
    ASSERT_TRUE(send_.wait());
    operation_record more;
    expect(more.send(stream_, pattern(5)), AS_DONE);
    EXPECT_EQ(end_.far_end.receive(5), pattern(5));
    ASSERT_TRUE(more.wait());
}

TEST_F(OwnHalfClose, ACloseEndsItInLine)
{
    expect(send_.send(stream_, pattern(16 * mib)), AS_DONE);
    expect(shutdown_.shut_down_send(stream_), AS_DONE);
    end_.close();
    EXPECT_EQ(shutdown_.count(), 1U);
    expect(shutdown_.outcome(), AS_CLOSED_HERE);
}

TEST_F(OwnHalfClose, SomeIsAtLeastOneByte)
{
    const bytes much = pattern(16 * mib);
    expect(send_.send_some(stream_, much), AS_DONE);
    if (!has_linux_options()) { // Windows takes all or nothing
        EXPECT_EQ(end_.far_end.receive(much.size()), much);
    }
    ASSERT_TRUE(send_.wait());
    const as_outcome outcome = send_.outcome();
    ASSERT_EQ(outcome.how, static_cast<std::uint32_t>(AS_DONE));
    ASSERT_GT(outcome.bytes, 0U);
    if (has_linux_options()) {
        EXPECT_LT(outcome.bytes, much.size());
        const bytes first{much.begin(), much.begin() + static_cast<std::ptrdiff_t>(outcome.bytes)};
        operation_record rest;
        expect(rest.send_some(stream_, pattern(3)), AS_DONE); // waits for room
        EXPECT_EQ(end_.far_end.receive(first.size()), first);
        ASSERT_TRUE(rest.wait());
        EXPECT_EQ(rest.outcome().how, static_cast<std::uint32_t>(AS_DONE));
        EXPECT_EQ(end_.far_end.receive(static_cast<std::size_t>(rest.outcome().bytes)), pattern(3));
    } else {
        EXPECT_EQ(outcome.bytes, much.size());
    }
}

// In as many pieces as they come; those behind it get what follows.
TEST_F(OwnHalfClose, ExactlyMeansAll)
{
    const bytes data = pattern(100);
    operation_record behind;
    expect(receive_.receive_exactly(stream_, 60), AS_DONE);
    expect(behind.receive_exactly(stream_, 40), AS_DONE);
    for (std::size_t i = 0; i < data.size(); i += 10) {
        ASSERT_TRUE(end_.far_end.send(&data[i], 10));
    }
    ASSERT_TRUE(receive_.wait());
    ASSERT_TRUE(behind.wait());
    expect(receive_.outcome(), AS_DONE, 60);
    expect(behind.outcome(), AS_DONE, 40);
    EXPECT_EQ(receive_.memory, bytes(data.begin(), data.begin() + 60));
    EXPECT_EQ(behind.memory, bytes(data.begin() + 60, data.end()));
}

// 5 bytes have been received, and the rest is waited for.
class OwnExactlyCut : public OwnHalfClose {
protected:
    void SetUp() override
    {
        ASSERT_TRUE(end_.far_end.send(pattern(5)));
        expect(receive_.receive_exactly(stream_, 60), AS_DONE);
        while (as_stream_bytes_to_receive(stream_).bytes != 0) { // it takes them
        }
    }
    void expect_told(as_how how)
    {
        ASSERT_TRUE(receive_.wait());
        EXPECT_STREQ(as_how_text(receive_.outcome().how), as_how_text(how));
        EXPECT_EQ(receive_.received(), pattern(5));
    }
};

TEST_F(OwnExactlyCut, ByTheEndOfTheStream)
{
    end_.far_end.shut_down_sending();
    expect_told(AS_END_OF_STREAM);
}

TEST_F(OwnExactlyCut, ByACancel)
{
    as_operation_cancel(&receive_.operation);
    expect_told(AS_CANCELLED);
    operation_record next;
    expect(next.receive_exactly(stream_, 3), AS_DONE);
    ASSERT_TRUE(end_.far_end.send(pattern(3)));
    ASSERT_TRUE(next.wait());
    EXPECT_EQ(next.received(), pattern(3));
}

TEST_F(OwnHalfClose, ADeadlineCutsAReceiveOfExactlySoManyBytes)
{
    ASSERT_TRUE(end_.far_end.send(pattern(5)));
    expect(receive_.receive_exactly(stream_, 60, as_in_ms(100)), AS_DONE);
    ASSERT_TRUE(receive_.wait());
    EXPECT_STREQ(as_how_text(receive_.outcome().how), as_how_text(AS_TIMED_OUT));
    EXPECT_EQ(receive_.received(), pattern(5));
}

TEST_F(OwnExactlyCut, ByAClose)
{
    end_.close();
    expect_told(AS_CLOSED_HERE);
}

// Of a shutdown the system says by then that nothing is connected, as if this side had closed it.
class OwnHalfCloseOfALoss : public OwnHalfClose {
protected:
    // What a receive, or a shutdown, is told at once or in its callback.
    as_outcome receive()
    {
        const as_outcome answer = receive_.receive(stream_, 1);
        return answer.how == AS_DONE && receive_.wait() ? receive_.outcome() : answer;
    }
    as_outcome shut_down()
    {
        const as_outcome answer = shutdown_.shut_down_send(stream_);
        return answer.how == AS_DONE && shutdown_.wait() ? shutdown_.outcome() : answer;
    }
};

TEST_F(OwnHalfCloseOfALoss, SaysWhatAReceiveWasTold)
{
    end_.far_end.reset();
    if (receive().how == AS_RESET) { // Wine may see an end
        const as_outcome told = shut_down();
        expect(told, AS_RESET);
        EXPECT_NE(told.code, 0U);
    }
}

TEST_F(OwnHalfCloseOfALoss, SaysSoFirstAndLeavesItToTheReceives)
{
    end_.far_end.reset(); // on the loopback it has come when this returns
    const as_outcome told = shut_down();
    if (has_linux_options()) { // elsewhere a shutdown does not know
        expect(told, AS_RESET);
        EXPECT_NE(told.code, 0U);
        expect(receive(), AS_RESET);
    }
}

TEST_F(OwnHalfClose, WhatMakesNoSenseIsRefused)
{
    operation_record without_callback;
    without_callback.operation.on_end = nullptr;
    expect(as_stream_shutdown_send(nullptr, &send_.operation, AS_NEVER), AS_INVALID);
    expect(as_stream_shutdown_send(stream_, nullptr, AS_NEVER), AS_INVALID);
    expect(as_stream_shutdown_send(stream_, &without_callback.operation, AS_NEVER), AS_INVALID);
    expect(as_stream_receive_exactly(stream_, &send_.operation, nullptr, 0, AS_NEVER), AS_INVALID);
    expect(as_stream_send_some(stream_, &send_.operation, nullptr, 1, AS_NEVER), AS_INVALID);
}

} // namespace
