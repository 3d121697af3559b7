// async_socket/stream.h: as_stream_drain_and_close.
#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "own/stream_end.hpp"

namespace {

using namespace contract;
using namespace contract::own;

class OwnDrain : public testing::Test {
protected:
    as_outcome drain(as_deadline deadline = AS_NEVER)
    {
        const as_outcome answer = drain_.noted(as_stream_drain_and_close(end_.handle(), &drain_.operation, deadline));
        if (answer.how == AS_DONE) {
            (void)end_.release(); // it is not ours any more
        }
        return answer;
    }
    // Of one that was accepted.
    as_outcome end()
    {
        EXPECT_TRUE(drain_.wait());
        return drain_.outcome();
    }
    void expect_end(as_how how, std::uint64_t bytes = 0) { expect(end(), how, bytes); }
    // Fills both systems' memory; the rest waits.
    void send_much() { expect(send_.send(end_.handle(), pattern(much)), AS_DONE); }

    static constexpr std::size_t much = 16 * mib;
    operation_record send_;
    operation_record drain_;
    engine engine_;
    stream_end end_{engine_};
    peer& far_end_ = end_.far_end;
};

TEST_F(OwnDrain, EverythingArrives)
{
    send_much();
    expect(drain(), AS_DONE);
    EXPECT_EQ(drain_.count(), 0U);
    EXPECT_EQ(far_end_.receive_to_end(), pattern(much));
    ASSERT_TRUE(send_.wait());
    expect(send_.outcome(), AS_DONE, much);
    EXPECT_EQ(drain_.count(), 0U); // the peer has not ended
    far_end_.shut_down_sending();
    expect_end(AS_DONE);
}

// A close alone would reset the connection.
TEST_F(OwnDrain, WhatNobodyHasReceivedResetsNothing)
{
    const bytes unread = pattern(mib);
    ASSERT_TRUE(far_end_.send(pattern(100)));
    expect(send_.send(end_.handle(), pattern(5)), AS_DONE);
    expect(drain(), AS_DONE);
    ASSERT_TRUE(far_end_.send(unread)); // nor what comes meanwhile
    EXPECT_EQ(far_end_.receive_to_end(), pattern(5));
    far_end_.shut_down_sending();
    ASSERT_TRUE(send_.wait());
    expect_end(AS_DONE, 100 + unread.size());
}

TEST_F(OwnDrain, AReceiveBeforeItGetsWhatComes)
{
    operation_record receive;
    expect(receive.receive_exactly(end_.handle(), 10), AS_DONE);
    expect(drain(), AS_DONE);
    ASSERT_TRUE(far_end_.send(pattern(30)));
    far_end_.shut_down_sending();
    expect_end(AS_DONE, 20);
    EXPECT_EQ(receive.count(), 1U);
    EXPECT_EQ(receive.received(), pattern(10));
}

// A peer that reads nothing before it is rid of what it sends itself.
TEST_F(OwnDrain, ItReceivesWhileItsSendsWait)
{
    send_much();
    expect(drain(), AS_DONE);
    ASSERT_TRUE(far_end_.send(pattern(much)));
    far_end_.shut_down_sending();
    EXPECT_EQ(drain_.count(), 0U);
    EXPECT_EQ(far_end_.receive_to_end(), pattern(much));
    ASSERT_TRUE(send_.wait());
    expect(send_.outcome(), AS_DONE, much);
    expect_end(AS_DONE, much);
}

TEST_F(OwnDrain, ThePeerMayHaveEndedBefore)
{
    far_end_.shut_down_sending();
    send_much();
    expect(drain(), AS_DONE);
    EXPECT_EQ(far_end_.receive_to_end(), pattern(much));
    ASSERT_TRUE(send_.wait());
    expect_end(AS_DONE);
}

// Its end has come, and what it lacks is with the system.
TEST_F(OwnDrain, APeerThatHasEndedIsWaitedForWhereTheSystemTells)
{
    far_end_.shut_down_sending();
    expect(send_.send_some(end_.handle(), pattern(much)), AS_DONE);
    if (!has_linux_options()) {
        EXPECT_EQ(far_end_.receive(much).size(), much);
    }
    ASSERT_TRUE(send_.wait());
    expect(drain(), AS_DONE);
    if (has_linux_options()) {
        std::this_thread::yield();
        EXPECT_EQ(drain_.count(), 0U);
        EXPECT_EQ(far_end_.receive_to_end().size(), send_.outcome().bytes);
    }
    expect_end(AS_DONE);
}

TEST_F(OwnDrain, APeerThatIsLostMeanwhileHasNotGotEverything)
{
    far_end_.shut_down_sending();
    expect(send_.send_some(end_.handle(), pattern(much)), AS_DONE);
    if (!has_linux_options()) {
        EXPECT_EQ(far_end_.receive(much).size(), much);
    }
    ASSERT_TRUE(send_.wait());
    expect(drain(), AS_DONE);
    far_end_.reset();
    const as_outcome told = end();
    EXPECT_TRUE(told.how == AS_RESET || !has_linux_options()) << as_how_text(told.how);
    EXPECT_EQ(told.how == AS_DONE, told.code == 0);
}

TEST_F(OwnDrain, APeerThatResetsHasNotGotEverything)
{
    send_much();
    expect(drain(), AS_DONE);
    EXPECT_EQ(far_end_.receive(1000).size(), 1000U);
    far_end_.reset();
    const as_outcome told = end();
    EXPECT_TRUE(told.how == AS_RESET || told.how == AS_CLOSED_HERE) << as_how_text(told.how);
    EXPECT_NE(told.code, 0U);
    ASSERT_TRUE(send_.wait());
}

TEST_F(OwnDrain, APeerThatNeverEndsIsLeftAtTheDeadline)
{
    expect(send_.send(end_.handle(), pattern(5)), AS_DONE);
    const as_deadline until = as_in_ms(50);
    expect(drain(until), AS_DONE);
    EXPECT_EQ(far_end_.receive_to_end(), pattern(5));
    expect_end(AS_TIMED_OUT);
    EXPECT_NE(drain_.outcome().code, 0U);
    EXPECT_GE(as_now(), until);
}

TEST_F(OwnDrain, APeerThatReadsNothingIsLeftAtTheDeadline)
{
    send_much();
    expect(drain(as_in_ms(50)), AS_DONE);
    ASSERT_TRUE(send_.wait()); // it is closed
    EXPECT_EQ(send_.outcome().how, static_cast<std::uint32_t>(AS_CLOSED_HERE));
    expect_end(AS_TIMED_OUT);
}

TEST_F(OwnDrain, APeerThatHasEndedAndReadsNothingIsLeftAtTheDeadline)
{
    far_end_.shut_down_sending();
    expect(send_.send_some(end_.handle(), pattern(much)), AS_DONE);
    if (!has_linux_options()) {
        EXPECT_EQ(far_end_.receive(much).size(), much);
    }
    ASSERT_TRUE(send_.wait());
    expect(drain(as_in_ms(50)), AS_DONE);
    expect_end(has_linux_options() ? AS_TIMED_OUT : AS_DONE);
}

TEST_F(OwnDrain, ItIsCancelled)
{
    for (const bool is_sending : {false, true}) {
        stream_end one(engine_);
        operation_record sent;
        operation_record drained;
        if (is_sending) {
            expect(sent.send(one.handle(), pattern(much)), AS_DONE);
        }
        expect(drained.noted(as_stream_drain_and_close(one.release(), &drained.operation, AS_NEVER)), AS_DONE);
        as_operation_cancel(&drained.operation);
        as_operation_cancel(&drained.operation);
        ASSERT_TRUE(drained.wait());
        expect(drained.outcome(), AS_CANCELLED);
        EXPECT_NE(drained.outcome().code, 0U);
    }
}

TEST_F(OwnDrain, ItIsCancelledAtAnyTime)
{
    for (int round = 0; round < 100; ++round) {
        stream_end one(engine_);
        operation_record drained;
        ASSERT_TRUE(one.far_end.send(pattern(100)));
        one.far_end.shut_down_sending();
        expect(drained.noted(as_stream_drain_and_close(one.release(), &drained.operation, AS_NEVER)), AS_DONE);
        for (int i = 0; i < round / 4; ++i) {
            std::this_thread::yield();
        }
        as_operation_cancel(&drained.operation);
        ASSERT_TRUE(drained.wait());
        const as_outcome told = drained.outcome();
        EXPECT_TRUE(is(told, AS_DONE, 100) || told.how == AS_CANCELLED) << as_how_text(told.how);
    }
}

TEST_F(OwnDrain, TheLastCallbackOfAStreamMayBeginIt)
{
    operation_record receive;
    receive.then = [&](const as_outcome& told) {
        if (told.how == AS_DONE) {
            expect(drain(), AS_DONE);
        }
    };
    expect(receive.receive(end_.handle(), 10), AS_DONE);
    ASSERT_TRUE(far_end_.send(pattern(10)));
    EXPECT_TRUE(far_end_.sees_end());
    far_end_.shut_down_sending();
    expect_end(AS_DONE);
    ASSERT_TRUE(receive.wait());
}

TEST_F(OwnDrain, ItKeepsItsEngineWhichCanBeEndedInTheCallback)
{
    as_engine* const used = engine_.release();
    std::atomic<bool> is_refused{false}; // so that what follows it through the network also follows it in the language
    drain_.then = [&](const as_outcome&) {
        EXPECT_TRUE(is_refused.load());
        as_engine_end(used);
    };
    expect(drain(), AS_DONE);
    expect(as_engine_end_and_wait(used), AS_INVALID);
    is_refused = true;
    far_end_.shut_down_sending();
    expect_end(AS_DONE);
}

TEST_F(OwnDrain, NothingIsLeftOfIt)
{
    engine used;
    for (int round = 0; round < 10; ++round) {
        stream_end one(used);
        operation_record drained;
        expect(drained.noted(as_stream_drain_and_close(one.release(), &drained.operation, as_in_ms(10'000))), AS_DONE);
        one.far_end.shut_down_sending();
        ASSERT_TRUE(drained.wait());
        expect(drained.outcome(), AS_DONE);
    }
    expect(as_engine_end_and_wait(used.release()), AS_DONE);
}

TEST_F(OwnDrain, WhatIsRefusedLeavesTheStreamAsItWas)
{
    operation_record without_callback;
    without_callback.operation.on_end = nullptr;
    expect(as_stream_drain_and_close(nullptr, &drain_.operation, AS_NEVER), AS_INVALID);
    expect(as_stream_drain_and_close(end_.handle(), nullptr, AS_NEVER), AS_INVALID);
    expect(as_stream_drain_and_close(end_.handle(), &without_callback.operation, AS_NEVER), AS_INVALID);
    far_end_.reset();
    operation_record receive;
    const as_outcome begun = receive.receive(end_.handle(), 1);
    const as_outcome told = begun.how == AS_DONE && receive.wait() ? receive.outcome() : begun;
    if (told.how == AS_RESET) { // Wine may see an end
        const as_outcome answer = drain();
        EXPECT_EQ((answer.how == AS_DONE ? end() : answer).how, static_cast<std::uint32_t>(AS_RESET));
    }
}

} // namespace
