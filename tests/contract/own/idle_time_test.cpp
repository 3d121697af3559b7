// async_socket/stream.h: streams that may be idle for so long.
#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <memory>
#include <thread>
#include <vector>

#include "async_socket/deadline.h"
#include "async_socket/option.h"
#include "async_socket/statistics.h"
#include "own/listening.hpp"
#include "rounds.hpp"

namespace {

using namespace contract;
using namespace contract::own;

constexpr std::uint64_t soon_ms = 20;
constexpr std::uint64_t late_ms = 3'600'000; // later than any test lasts

constexpr std::uint64_t in_ns(std::uint64_t ms)
{
    return ms * 1'000'000;
}

void sleep_for_ms(std::uint64_t ms)
{
    std::this_thread::sleep_for(std::chrono::milliseconds(ms));
}

class OwnIdleTime : public testing::Test {
protected:
    void set_idle_time(std::uint64_t ms) const { expect(as_stream_set_idle_time(stream_, ms), AS_DONE); }
    // It ended because the stream had been idle for `soon_ms`, at the earliest from `since` on.
    static void expect_idle(operation_record& ended, as_deadline since, std::uint64_t bytes = 0)
    {
        ASSERT_TRUE(ended.wait());
        EXPECT_GE(as_now(), since + in_ns(soon_ms));
        expect(ended.outcome(), AS_TIMED_OUT, bytes);
        EXPECT_NE(ended.outcome().code, 0U);
    }
    // A byte of the peer's, which has to be the next one, comes through.
    void expect_byte(unsigned char sent)
    {
        operation_record receive;
        ASSERT_TRUE(end_.far_end.send(&sent, 1));
        expect(receive.receive(stream_, 1), AS_DONE);
        ASSERT_TRUE(receive.wait());
        expect(receive.outcome(), AS_DONE, 1);
        EXPECT_EQ(receive.memory[0], sent);
    }

    std::array<operation_record, 3> receives_;
    std::array<operation_record, 3> sends_;
    engine engine_;
    stream_end end_{engine_};
    as_stream* const stream_ = end_.handle();
};

TEST_F(OwnIdleTime, EndsAReceiveOfASilentPeerWhichLosesNothing)
{
    set_idle_time(soon_ms);
    const as_deadline began = as_now();
    expect(receives_[0].receive(stream_, 10), AS_DONE);
    expect_idle(receives_[0], began);
    set_idle_time(0);
    expect_byte(7);
}

TEST_F(OwnIdleTime, IsTheSameForOperationsThatWereThereBefore)
{
    expect(receives_[0].receive(stream_, 10), AS_DONE);
    const as_deadline began = as_now();
    set_idle_time(soon_ms);
    expect_idle(receives_[0], began);
}

TEST_F(OwnIdleTime, EndsEverythingThatIsPending)
{
    const bytes much = pattern(20 * mib);
    set_idle_time(soon_ms);
    const as_deadline began = as_now();
    expect(receives_[0].receive(stream_, 10), AS_DONE);
    expect(receives_[1].receive_exactly(stream_, 10, as_in_ms(late_ms)), AS_DONE);
    expect(sends_[0].send(stream_, much), AS_DONE);
    const as_outcome behind = sends_[1].send(stream_, pattern(1), as_in_ms(late_ms));
    ASSERT_TRUE(sends_[0].wait());
    EXPECT_GE(as_now(), began + in_ns(soon_ms));
    EXPECT_EQ(sends_[0].outcome().how, AS_TIMED_OUT);
    const std::uint64_t went = sends_[0].outcome().bytes;
    EXPECT_GT(went, 0U);
    EXPECT_LT(went, much.size());
    expect_idle(receives_[0], began);
    expect_idle(receives_[1], began);
    if (behind.how == AS_DONE) { // or the machine is so slow that the first had been cut before
        ASSERT_TRUE(sends_[1].wait());
        expect(sends_[1].outcome(), AS_TIMED_OUT);
    } else {
        EXPECT_EQ(behind.how, AS_TIMED_OUT);
    }
    EXPECT_EQ(sends_[2].send(stream_, pattern(1)).how, AS_TIMED_OUT); // it is torn
    set_idle_time(late_ms);
    expect_byte(1); // the other direction is as it was
    bytes first = much;
    first.resize(static_cast<std::size_t>(went));
    EXPECT_EQ(end_.far_end.receive(first.size()), first);
    end_.close();
    EXPECT_TRUE(end_.far_end.receive_to_end().empty());
}

TEST_F(OwnIdleTime, AReceiveThatWantsAllTellsWhatHasCome)
{
    expect(receives_[0].receive_exactly(stream_, 10), AS_DONE);
    ASSERT_TRUE(end_.far_end.send(pattern(4)));
    set_idle_time(soon_ms);
    ASSERT_TRUE(receives_[0].wait());
    expect(receives_[0].outcome(), AS_TIMED_OUT, receives_[0].outcome().bytes);
    EXPECT_LE(receives_[0].outcome().bytes, 4U);
}

// Whatever the peer does in time; and it begins anew with each operation that waits.
TEST_F(OwnIdleTime, CountsFromTheLastByteAndOnlyWhileSomethingIsPending)
{
    set_idle_time(soon_ms);
    operation_record& receive = receives_[0];
    std::size_t ends = 0;
    for (std::uint32_t round = 0; round < 20; ++round) {
        as_deadline last = as_now();
        expect(receive.receive(stream_, 1), AS_DONE);
        if (round % 2 == 0) {
            sleep_for_ms(soon_ms / 2);
            last = as_now();
            ASSERT_TRUE(end_.far_end.send(pattern(1)));
        }
        ASSERT_TRUE(receive.wait(++ends));
        if (receive.outcome().how == AS_TIMED_OUT && round % 2 == 0) { // on a machine that is so slow
            expect(receive.receive_exactly(stream_, 1), AS_DONE);
            ASSERT_TRUE(receive.wait(++ends));
        } else if (round % 2 != 0) {
            EXPECT_EQ(receive.outcome().how, AS_TIMED_OUT);
            EXPECT_GE(as_now(), last + in_ns(soon_ms));
        }
        if (round % 3 == 0) { // nobody waits meanwhile
            sleep_for_ms(soon_ms + 5);
        }
    }
}

// Bytes of the one direction keep the operations of the other.
TEST_F(OwnIdleTime, EitherDirectionIsASignOfLife)
{
    constexpr std::uint64_t idle_ms = 100;
    std::atomic<as_deadline> ended{0};
    set_idle_time(idle_ms);
    receives_[0].then = [&](const as_outcome&) { ended = as_now(); };
    expect(receives_[0].receive(stream_, 1), AS_DONE);
    as_deadline last = as_now();
    std::size_t sent = 0;
    for (std::uint32_t i = 0; i < 30 && ended == 0; ++i) {
        sleep_for_ms(10);
        const as_deadline now = as_now();
        const as_outcome answer = sends_[0].send(stream_, pattern(10));
        ASSERT_TRUE(answer.how == AS_DONE);
        ASSERT_TRUE(sends_[0].wait(++sent));
        last = ended == 0 ? now : last;
    }
    ASSERT_TRUE(receives_[0].wait());
    expect(receives_[0].outcome(), AS_TIMED_OUT);
    EXPECT_GE(ended, last + in_ns(idle_ms));
}

// Somebody who asks again and again does not keep an idle stream.
TEST_F(OwnIdleTime, FurtherOperationsAreNoSignOfLife)
{
    set_idle_time(soon_ms);
    const as_deadline began = as_now();
    expect(receives_[0].receive(stream_, 1), AS_DONE);
    for (std::size_t ends = 1; receives_[0].count() == 0; ++ends) {
        expect(receives_[1].receive(stream_, 1, as_in_ms(1)), AS_DONE);
        ASSERT_TRUE(receives_[1].wait(ends));
        EXPECT_EQ(receives_[1].outcome().how, AS_TIMED_OUT);
    }
    expect_idle(receives_[0], began);
}

// In the callbacks, in the same memory.
TEST_F(OwnIdleTime, PassesAgainAndAgain)
{
    constexpr std::size_t times = 10;
    set_idle_time(5);
    as_deadline began = as_now();
    std::size_t left = times;
    receives_[0].then = [&](const as_outcome& outcome) {
        EXPECT_EQ(outcome.how, AS_TIMED_OUT);
        EXPECT_GE(as_now(), began + in_ns(5));
        began = as_now();
        if (--left != 0) {
            expect(receives_[0].receive(stream_, 10), AS_DONE);
        }
    };
    expect(receives_[0].receive(stream_, 10), AS_DONE);
    ASSERT_TRUE(receives_[0].wait(times));
}

TEST_F(OwnIdleTime, IsSetAsOftenAsOneLikes)
{
    set_idle_time(0);
    set_idle_time(1);
    set_idle_time(0);
    expect(receives_[0].receive(stream_, 1), AS_DONE);
    sleep_for_ms(soon_ms);
    ASSERT_TRUE(end_.far_end.send(pattern(1)));
    ASSERT_TRUE(receives_[0].wait());
    expect(receives_[0].outcome(), AS_DONE, 1);

    for (const std::uint64_t none : {late_ms, std::uint64_t{AS_NEVER}, std::uint64_t{AS_NEVER} - 1}) {
        set_idle_time(1);
        set_idle_time(none);
        operation_record receive;
        expect(receive.receive(stream_, 1), AS_DONE);
        sleep_for_ms(5);
        ASSERT_TRUE(end_.far_end.send(pattern(1)));
        ASSERT_TRUE(receive.wait());
        expect(receive.outcome(), AS_DONE, 1);
    }

    set_idle_time(late_ms);
    expect(receives_[1].receive(stream_, 1), AS_DONE);
    const as_deadline began = as_now();
    set_idle_time(soon_ms); // comes sooner than that for which it was armed
    expect_idle(receives_[1], began);
}

TEST_F(OwnIdleTime, ACancelADeadlineOrACloseMayComeFirst)
{
    set_idle_time(late_ms);
    for (operation_record& each : receives_) {
        expect(each.receive(stream_, 1, &each == &receives_[1] ? as_in_ms(1) : AS_NEVER), AS_DONE);
    }
    as_operation_cancel(&receives_[0].operation);
    ASSERT_TRUE(receives_[0].wait());
    expect(receives_[0].outcome(), AS_CANCELLED);
    ASSERT_TRUE(receives_[1].wait());
    expect(receives_[1].outcome(), AS_TIMED_OUT);
    end_.close();
    expect(receives_[2].outcome(), AS_CLOSED_HERE);
}

// As a server does.
TEST_F(OwnIdleTime, AStreamIsClosedByWhoIsTold)
{
    set_idle_time(soon_ms);
    receives_[0].then = [&](const as_outcome& outcome) {
        EXPECT_EQ(outcome.how, AS_TIMED_OUT);
        end_.close();
        EXPECT_EQ(receives_[1].outcome().how, AS_TIMED_OUT);
    };
    expect(receives_[0].receive(stream_, 1), AS_DONE);
    expect(receives_[1].receive(stream_, 1), AS_DONE);
    ASSERT_TRUE(receives_[0].wait());
    EXPECT_TRUE(end_.far_end.sees_end());
}

TEST_F(OwnIdleTime, EndsADrainOfASilentPeer)
{
    set_idle_time(soon_ms);
    operation_record& drain = sends_[0];
    const as_deadline began = as_now();
    expect(drain.noted(as_stream_drain_and_close(end_.release(), &drain.operation, AS_NEVER)), AS_DONE);
    expect_idle(drain, began);
}

// Nothing is pending on the stream then: all that it waits for is the peer's system.
TEST_F(OwnIdleTime, EndsADrainWhoseBytesNobodyTakes)
{
    if (!has_linux_options()) { // which cannot be asked what the peer has confirmed
        return;
    }
    expect(as_stream_set_option(stream_, AS_OPTION_NO_DELAY, 1), AS_DONE);
    expect(as_stream_set_option(stream_, AS_OPTION_SEND_BUFFER, 4096), AS_DONE);
    end_.far_end.limit_buffers(4096);
    end_.far_end.shut_down_sending();
    operation_record& drain = sends_[0];
    constexpr std::uint64_t longer_than_a_confirmation_ms = 300;
    std::size_t count = 0;
    do { // until neither system has room
        expect(sends_[1].send_some(stream_, pattern(1024), as_in_ms(longer_than_a_confirmation_ms)), AS_DONE);
        ASSERT_TRUE(sends_[1].wait(++count));
    } while (sends_[1].outcome().how == AS_DONE);
    set_idle_time(soon_ms);
    const as_deadline began = as_now();
    expect(drain.noted(as_stream_drain_and_close(end_.release(), &drain.operation, AS_NEVER)), AS_DONE);
    expect_idle(drain, began);
}

TEST_F(OwnIdleTime, CountsAmongTheDeadlines)
{
    set_idle_time(soon_ms);
    for (operation_record& each : receives_) { // one of which has a deadline that is later
        const bool is_last = &each == &receives_.back();
        expect(each.receive(stream_, 1, is_last ? as_in_ms(late_ms) : AS_NEVER), AS_DONE);
    }
    for (operation_record& each : receives_) {
        ASSERT_TRUE(each.wait());
        EXPECT_EQ(each.outcome().how, AS_TIMED_OUT);
    }
    as_engine_statistics numbers = AS_ENGINE_STATISTICS;
    expect(as_engine_get_statistics(engine_.handle(), &numbers), AS_DONE);
    EXPECT_EQ(numbers.deadlines_passed, 3U);
    EXPECT_EQ(numbers.receives, 3U);
    as_stream_statistics of_stream = AS_STREAM_STATISTICS;
    expect(as_stream_get_statistics(stream_, &of_stream), AS_DONE);
    EXPECT_EQ(of_stream.deadlines_passed, 3U);
}

TEST_F(OwnIdleTime, OfStreamsThatWereAcceptedAndConnected)
{
    listening here(engine_);
    arrival accepted;
    arrival connected;
    expect(accepted.accept(here.handle()), AS_DONE);
    expect(connected.connect(engine_, here.address()), AS_DONE);
    expect(accepted.end(), AS_DONE);
    expect(connected.end(), AS_DONE);
    const as_deadline began = as_now();
    for (const arrival* const each : {&accepted, &connected}) {
        expect(as_stream_set_idle_time(each->stream, soon_ms), AS_DONE);
    }
    expect(receives_[0].receive(accepted.stream, 1), AS_DONE);
    expect(receives_[1].receive(connected.stream, 1), AS_DONE);
    expect_idle(receives_[0], began);
    expect_idle(receives_[1], began);
}

TEST_F(OwnIdleTime, GivesTheSocketBackAsItIs)
{
    set_idle_time(soon_ms);
    expect(receives_[0].receive(stream_, 1), AS_DONE);
    as_socket socket{};
    expect(as_stream_release(end_.release(), &socket), AS_DONE);
    peer given_back{SOCKET_HANDLE(socket)};
    ASSERT_TRUE(receives_[0].wait());
    ASSERT_TRUE(given_back.send(pattern(3)));
    EXPECT_EQ(end_.far_end.receive(3), pattern(3));
}

TEST_F(OwnIdleTime, OfNoStreamIsRefused)
{
    expect(as_stream_set_idle_time(nullptr, 1), AS_INVALID);
    expect(as_stream_set_idle_time(nullptr, 0), AS_INVALID);
}

// Whatever comes first, each byte comes once.
TEST_F(OwnIdleTime, RacesWithTheBytes)
{
    int timed_out = 0;
    set_idle_time(2);
    for (const unsigned char sent : pattern(static_cast<std::size_t>(rounds_of(400)))) {
        operation_record receive;
        expect(receive.receive(stream_, 1), AS_DONE);
        std::this_thread::sleep_until(std::chrono::steady_clock::now() + std::chrono::microseconds(1500 + sent * 6));
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

// Bytes, a cancel, other idle times and the close: one of them ends it, once.
TEST_F(OwnIdleTime, RacesWithEverything)
{
    for (int round = 0; round < rounds_of(100); ++round) {
        stream_end closed(engine_);
        as_stream* const stream = closed.handle();
        std::array<operation_record, 4> receives;
        std::thread setter([&] {
            for (const std::uint64_t ms : {1U, 3U, 0U, 2U}) {
                expect(as_stream_set_idle_time(stream, ms), AS_DONE);
            }
        });
        expect(as_stream_set_idle_time(stream, 1), AS_DONE);
        for (operation_record& each : receives) {
            expect(each.receive(stream, 1), AS_DONE);
        }
        as_operation_cancel(&receives[1].operation);
        sleep_for_ms(static_cast<std::uint64_t>(round % 4));
        EXPECT_TRUE(closed.far_end.send(pattern(2)));
        setter.join();
        if (round % 2 == 0) {
            closed.close();
        } else {
            as_stream_reset(closed.release());
        }
        for (operation_record& each : receives) {
            ASSERT_EQ(each.count(), 1U);
            const as_outcome told = each.outcome();
            EXPECT_TRUE(is(told, AS_TIMED_OUT, 0) || is(told, AS_CANCELLED, 0) || is(told, AS_CLOSED_HERE, 0) ||
                        is(told, AS_DONE, 1))
                << as_how_text(told.how);
        }
    }
}

// Of many, set on many threads, each is told and closed, and none too early.
// A receive that finds the end has to know what the other direction has been told.
TEST_F(OwnIdleTime, RacesWithTheEndOfThePeer)
{
    const bytes much = pattern(16 * mib); // more than both systems take
    for (int round = 0; round < rounds_of(100); ++round) {
        stream_end one(engine_);
        operation_record send;
        operation_record receive;
        one.far_end.shut_down_sending();
        expect(send.send(one.handle(), much), AS_DONE);
        expect(as_stream_set_idle_time(one.handle(), 1), AS_DONE);
        for (std::size_t ends = 1; send.count() == 0; ++ends) {
            expect(receive.receive(one.handle(), 10), AS_DONE);
            ASSERT_TRUE(receive.wait(ends));
            EXPECT_TRUE(receive.outcome().how == AS_END_OF_STREAM || receive.outcome().how == AS_TIMED_OUT);
        }
        expect(send.outcome(), AS_TIMED_OUT, send.outcome().bytes);
    }
}

TEST_F(OwnIdleTime, OfManyStreamsEachIsTold)
{
    constexpr std::size_t threads = 4;
    constexpr std::size_t each = 50;
    struct idle_stream {
        explicit idle_stream(const engine& on) : end(on) {}
        stream_end end;
        operation_record receive;
        as_deadline until = 0;
    };
    std::vector<std::unique_ptr<idle_stream>> all;
    for (std::size_t i = 0; i < threads * each; ++i) {
        all.push_back(std::make_unique<idle_stream>(engine_));
    }
    std::vector<std::thread> starters;
    for (std::size_t i = 0; i < threads; ++i) {
        starters.emplace_back([&, i] {
            for (std::size_t k = 0; k < each; ++k) {
                idle_stream& one = *all[i * each + k];
                const std::uint64_t ms = 1 + (17 * i + 31 * k) % 60;
                one.until = as_now() + in_ns(ms);
                one.receive.then = [&one](const as_outcome&) {
                    EXPECT_GE(as_now(), one.until);
                    one.end.close();
                };
                expect(as_stream_set_idle_time(one.end.handle(), ms), AS_DONE);
                expect(one.receive.receive(one.end.handle(), 1), AS_DONE);
            }
        });
    }
    for (std::thread& starter : starters) {
        starter.join();
    }
    for (const std::unique_ptr<idle_stream>& one : all) {
        ASSERT_TRUE(one->receive.wait());
        expect(one->receive.outcome(), AS_TIMED_OUT);
    }
}

} // namespace
