// async_socket/stream.h: operations with a deadline.
#include <gtest/gtest.h>

#include <array>
#include <memory>
#include <thread>
#include <vector>

#include "async_socket/deadline.h"
#include "own/stream_end.hpp"
#include "rounds.hpp"

namespace {

using namespace contract;
using namespace contract::own;

constexpr std::uint64_t soon_ms = 20;
constexpr std::uint64_t late_ms = 3'600'000; // later than any test lasts

class OwnDeadline : public testing::Test {
protected:
    // It ended by its deadline, and not before.
    static void expect_timed_out(operation_record& ended, as_deadline deadline, std::uint64_t bytes = 0)
    {
        ASSERT_TRUE(ended.wait());
        EXPECT_GE(as_now(), deadline);
        expect(ended.outcome(), AS_TIMED_OUT, bytes);
    }

    std::array<operation_record, 3> receives_;
    std::array<operation_record, 3> sends_;
    engine engine_;
    stream_end end_{engine_};
    as_stream* const stream_ = end_.handle();
};

TEST_F(OwnDeadline, AReceiveThatTimesOutLosesNothing)
{
    const as_deadline deadline = as_in_ms(soon_ms);
    expect(receives_[0].receive(stream_, 10, deadline), AS_DONE);
    expect_timed_out(receives_[0], deadline);
    EXPECT_NE(receives_[0].outcome().code, 0U);
    ASSERT_TRUE(end_.far_end.send(pattern(5)));
    expect(receives_[1].receive(stream_, 5, as_in_ms(late_ms)), AS_DONE);
    ASSERT_TRUE(receives_[1].wait());
    bytes first = pattern(5);
    first.resize(static_cast<std::size_t>(receives_[1].outcome().bytes));
    EXPECT_EQ(receives_[1].received(), first);
}

// Many, of which each begins in the callback of the one before it, in the same memory.
TEST_F(OwnDeadline, AnOperationTimesOutAgainAndAgain)
{
    constexpr std::size_t times = 20;
    as_deadline until = as_in_ms(2);
    std::size_t left = times;
    receives_[0].then = [&](const as_outcome& outcome) {
        EXPECT_EQ(outcome.how, AS_TIMED_OUT);
        EXPECT_GE(as_now(), until);
        until = as_in_ms(2);
        if (--left != 0) {
            expect(receives_[0].receive(stream_, 10, until), AS_DONE);
        }
    };
    expect(receives_[0].receive(stream_, 10, until), AS_DONE);
    ASSERT_TRUE(receives_[0].wait(times));
}

// It overtakes those before it, and the others go on.
TEST_F(OwnDeadline, TheOthersGoOn)
{
    for (std::size_t timed = 0; timed < 3; ++timed) {
        std::array<operation_record, 3> receives;
        const as_deadline deadline = as_in_ms(soon_ms);
        for (std::size_t i = 0; i < 3; ++i) {
            expect(receives[i].receive(stream_, 1, i == timed ? deadline : as_in_ms(late_ms)), AS_DONE);
        }
        expect_timed_out(receives[timed], deadline);
        const bytes data = pattern(2, static_cast<std::uint32_t>(timed));
        ASSERT_TRUE(end_.far_end.send(data));
        std::size_t next = 0;
        for (std::size_t i = 0; i < 3; ++i) {
            if (i != timed) {
                ASSERT_TRUE(receives[i].wait());
                expect(receives[i].outcome(), AS_DONE, 1);
                EXPECT_EQ(receives[i].memory[0], data[next++]);
            }
        }
    }
}

TEST_F(OwnDeadline, ASendThatIsCutTellsHowMuchWentAndIsTheLast)
{
    const bytes much = pattern(20 * mib);
    const as_deadline deadline = as_in_ms(soon_ms);
    expect(sends_[0].send(stream_, much, deadline), AS_DONE);
    const as_outcome behind = sends_[1].send(stream_, pattern(1), as_in_ms(late_ms));
    ASSERT_TRUE(sends_[0].wait());
    EXPECT_GE(as_now(), deadline);
    EXPECT_EQ(sends_[0].outcome().how, AS_TIMED_OUT);
    const std::uint64_t went = sends_[0].outcome().bytes;
    EXPECT_GT(went, 0U);
    EXPECT_LT(went, much.size());
    if (behind.how == AS_DONE) { // or the machine is so slow that the first had been cut before
        ASSERT_TRUE(sends_[1].wait());
        expect(sends_[1].outcome(), AS_TIMED_OUT);
    } else {
        EXPECT_EQ(behind.how, AS_TIMED_OUT);
    }
    EXPECT_EQ(sends_[2].send(stream_, pattern(1)).how, AS_TIMED_OUT);
    ASSERT_TRUE(end_.far_end.send(pattern(4))); // the other direction is as it was
    expect(receives_[0].receive(stream_, 4, as_in_ms(late_ms)), AS_DONE);
    ASSERT_TRUE(receives_[0].wait());
    EXPECT_EQ(receives_[0].outcome().how, AS_DONE);
    bytes first = much;
    first.resize(static_cast<std::size_t>(went));
    EXPECT_EQ(end_.far_end.receive(first.size()), first);
    end_.close();
    EXPECT_TRUE(end_.far_end.receive_to_end().empty());
}

// One that has not begun takes nothing with it.
TEST_F(OwnDeadline, ASendThatWaitsInLineLeavesIt)
{
    const bytes much = pattern(20 * mib);
    const as_deadline deadline = as_in_ms(soon_ms);
    expect(sends_[0].send(stream_, much), AS_DONE);
    expect(sends_[1].send(stream_, pattern(1000, 2), deadline), AS_DONE);
    expect(sends_[2].send(stream_, pattern(1000, 3)), AS_DONE);
    expect_timed_out(sends_[1], deadline);
    EXPECT_EQ(end_.far_end.receive(much.size()), much);
    EXPECT_EQ(end_.far_end.receive(1000), pattern(1000, 3));
    ASSERT_TRUE(sends_[0].wait());
    ASSERT_TRUE(sends_[2].wait());
    expect(sends_[0].outcome(), AS_DONE, much.size());
    expect(sends_[2].outcome(), AS_DONE, 1000);
}

TEST_F(OwnDeadline, OneThatIsOverFromTheStart)
{
    for (const as_deadline over : {as_deadline{0}, as_deadline{1}, as_now()}) {
        operation_record receive;
        expect(receive.receive(stream_, 1, over), AS_DONE);
        expect_timed_out(receive, over);
    }
    operation_record send; // there is room for it, so it is done
    expect(send.send(stream_, pattern(100), 0), AS_DONE);
    ASSERT_TRUE(send.wait());
    expect(send.outcome(), AS_DONE, 100);
    EXPECT_EQ(end_.far_end.receive(100), pattern(100));
}

// One that is done leaves the next one its own time, whether that is earlier or later.
TEST_F(OwnDeadline, IsItsOwnBehindOthersThatAreDone)
{
    for (const std::uint64_t of_others_ms : {std::uint64_t{5}, soon_ms, 3 * soon_ms, late_ms}) {
        operation_record done;
        expect(done.receive(stream_, 1, as_in_ms(of_others_ms)), AS_DONE);
        ASSERT_TRUE(end_.far_end.send(pattern(1)));
        ASSERT_TRUE(done.wait());
        if (done.outcome().how == AS_TIMED_OUT) { // the machine is slow
            expect(done.receive(stream_, 1), AS_DONE);
            ASSERT_TRUE(done.wait(2));
        }
        expect(done.outcome(), AS_DONE, 1);
        const as_deadline deadline = as_in_ms(soon_ms);
        operation_record next;
        expect(next.receive(stream_, 1, deadline), AS_DONE);
        expect_timed_out(next, deadline);
    }
}

// The same of a stream that takes the place of one that was closed while a deadline of its own was to come.
TEST_F(OwnDeadline, IsItsOwnOnTheNextStream)
{
    for (const std::uint64_t of_the_closed_ms : {std::uint64_t{5}, soon_ms, 3 * soon_ms, late_ms}) {
        operation_record closed;
        {
            stream_end before(engine_);
            expect(closed.receive(before.handle(), 1, as_in_ms(of_the_closed_ms)), AS_DONE);
        }
        ASSERT_TRUE(closed.wait());
        stream_end after(engine_);
        const as_deadline deadline = as_in_ms(soon_ms);
        operation_record next;
        expect(next.receive(after.handle(), 1, deadline), AS_DONE);
        expect_timed_out(next, deadline);
    }
}

TEST_F(OwnDeadline, WhatIsDoneBeforeItIsDone)
{
    for (std::uint32_t round = 1; round <= 50; ++round) {
        operation_record receive;
        expect(receive.receive(stream_, 100, as_in_ms(late_ms)), AS_DONE);
        ASSERT_TRUE(end_.far_end.send(pattern(1, round)));
        ASSERT_TRUE(receive.wait());
        expect(receive.outcome(), AS_DONE, 1);
        EXPECT_EQ(receive.received(), pattern(1, round));
    }
}

TEST_F(OwnDeadline, ACancelOrACloseMayComeFirst)
{
    expect(receives_[0].receive(stream_, 1, as_in_ms(late_ms)), AS_DONE);
    expect(receives_[1].receive(stream_, 1, as_in_ms(late_ms)), AS_DONE);
    as_operation_cancel(&receives_[0].operation);
    ASSERT_TRUE(receives_[0].wait());
    expect(receives_[0].outcome(), AS_CANCELLED);
    end_.close();
    expect(receives_[1].outcome(), AS_CLOSED_HERE);
}

// What comes later than its direction's callback lets it be told is what it was.
TEST_F(OwnDeadline, ComesWhileACallbackOfItsDirectionBlocks)
{
    gate go_on;
    gate is_inside;
    receives_[0].then = [&](const as_outcome&) {
        is_inside.open();
        EXPECT_TRUE(go_on.wait());
    };
    expect(receives_[0].receive(stream_, 1), AS_DONE);
    ASSERT_TRUE(end_.far_end.send(pattern(1)));
    ASSERT_TRUE(is_inside.wait());
    const as_deadline deadline = as_in_ms(1);
    expect(receives_[1].receive(stream_, 1, deadline), AS_DONE);
    stream_end other(engine_);
    operation_record elsewhere; // is not held up
    const as_deadline later = as_in_ms(soon_ms);
    expect(elsewhere.receive(other.handle(), 1, later), AS_DONE);
    expect_timed_out(elsewhere, later);
    EXPECT_EQ(receives_[1].count(), 0U);
    go_on.open();
    expect_timed_out(receives_[1], deadline);
    ASSERT_TRUE(receives_[0].wait());
}

// Whatever comes first, each byte comes once.
TEST_F(OwnDeadline, RacesWithTheBytes)
{
    int timed_out = 0;
    for (const unsigned char sent : pattern(static_cast<std::size_t>(rounds_of(400)))) {
        operation_record receive;
        expect(receive.receive(stream_, 1, as_in_ms(2)), AS_DONE);
        std::this_thread::sleep_until(std::chrono::steady_clock::now() + std::chrono::microseconds(1500 + sent * 4));
        ASSERT_TRUE(end_.far_end.send(&sent, 1));
        ASSERT_TRUE(receive.wait());
        if (receive.outcome().how == AS_TIMED_OUT) { // then the byte is for the next one
            ++timed_out;
            expect(receive.outcome(), AS_TIMED_OUT);
            expect(receive.receive(stream_, 1), AS_DONE);
            ASSERT_TRUE(receive.wait(2));
        }
        expect(receive.outcome(), AS_DONE, 1);
        ASSERT_EQ(receive.memory[0], sent);
    }
    RecordProperty("timed_out", timed_out);
}

// Bytes, a cancel and the close: one of the four ends it, once.
TEST_F(OwnDeadline, RacesWithEverything)
{
    for (int round = 0; round < rounds_of(100); ++round) {
        stream_end closed(engine_);
        std::array<operation_record, 4> receives;
        for (operation_record& each : receives) {
            expect(each.receive(closed.handle(), 1, as_in_ms(static_cast<std::uint64_t>(round % 3))), AS_DONE);
        }
        std::thread canceller([&] {
            for (operation_record& each : receives) {
                as_operation_cancel(&each.operation);
            }
        });
        EXPECT_TRUE(closed.far_end.send(pattern(2)));
        closed.close();
        canceller.join();
        for (operation_record& each : receives) {
            ASSERT_EQ(each.count(), 1U);
            const as_outcome told = each.outcome();
            EXPECT_TRUE(is(told, AS_TIMED_OUT, 0) || is(told, AS_CANCELLED, 0) || is(told, AS_CLOSED_HERE, 0) ||
                        is(told, AS_DONE, 1))
                << as_how_text(told.how);
        }
    }
}

// Armed on many threads and in callbacks, for many points in time, none too early and none too late to be told.
TEST_F(OwnDeadline, OfManyOperationsEachIsTold)
{
    constexpr std::size_t threads = 4;
    constexpr std::size_t each = 200;
    struct timed {
        operation_record receive;
        as_deadline until = 0;
    };
    std::vector<std::unique_ptr<stream_end>> ends;
    std::vector<std::array<timed, each>> all(threads);
    for (std::size_t i = 0; i < threads; ++i) {
        ends.push_back(std::make_unique<stream_end>(engine_));
    }
    std::vector<std::thread> starters;
    for (std::size_t i = 0; i < threads; ++i) {
        starters.emplace_back([&, i] {
            std::uint64_t ms = 17 * (i + 1);
            for (timed& one : all[i]) {
                ms = (ms * 31 + 7) % 97;
                one.until = as_in_ms(ms);
                expect(one.receive.receive(ends[i]->handle(), 1, one.until), AS_DONE);
            }
        });
    }
    for (std::thread& starter : starters) {
        starter.join();
    }
    for (std::array<timed, each>& some : all) {
        for (timed& one : some) {
            expect_timed_out(one.receive, one.until);
        }
    }
}

// More than anybody ends in one go.
TEST_F(OwnDeadline, OfManyThatComeTogetherEachIsTold)
{
    std::vector<std::unique_ptr<operation_record>> receives;
    const as_deadline deadline = as_in_ms(soon_ms);
    for (int i = 0; i < 400; ++i) {
        receives.push_back(std::make_unique<operation_record>());
        expect(receives.back()->receive(stream_, 1, deadline), AS_DONE);
    }
    for (const auto& each : receives) {
        expect_timed_out(*each, deadline);
    }
}

// An engine that runs one callback at a time, which is busy.
TEST(OwnDeadlineOfABusyEngine, IsNotLost)
{
    engine one_at_a_time(1);
    stream_end busy(one_at_a_time);
    stream_end other(one_at_a_time);
    gate go_on;
    gate is_inside;
    operation_record blocks;
    operation_record timed;
    blocks.then = [&](const as_outcome&) {
        is_inside.open();
        EXPECT_TRUE(go_on.wait());
    };
    expect(blocks.receive(busy.handle(), 1), AS_DONE);
    ASSERT_TRUE(busy.far_end.send(pattern(1)));
    ASSERT_TRUE(is_inside.wait());
    const as_deadline deadline = as_in_ms(1);
    expect(timed.receive(other.handle(), 1, deadline), AS_DONE);
    std::this_thread::sleep_for(std::chrono::milliseconds(20)); // so that it comes meanwhile
    EXPECT_EQ(timed.count(), 0U);
    go_on.open();
    ASSERT_TRUE(timed.wait());
    expect(timed.outcome(), AS_TIMED_OUT);
    ASSERT_TRUE(blocks.wait());
}

} // namespace
