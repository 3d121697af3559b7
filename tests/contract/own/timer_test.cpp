// async_socket/timer.h
#include "async_socket/timer.h"

#include <gtest/gtest.h>

#include <array>
#include <thread>
#include <vector>

#include "own/stream_end.hpp"
#include "rounds.hpp"

namespace {

using namespace contract;
using namespace contract::own;

as_outcome start(const engine& on, operation_record& timer, as_deadline until)
{
    return timer.noted(as_timer_start(on.handle(), &timer.operation, until));
}

TEST(OwnTimer, ComesWhenItsTimeHasCome)
{
    engine on;
    operation_record timer;
    for (const std::uint64_t ms : {0U, 1U, 5U, 30U}) {
        const std::size_t before = timer.count();
        const as_deadline until = as_in_ms(ms);
        expect(start(on, timer, until), AS_DONE);
        ASSERT_TRUE(timer.wait(before + 1));
        EXPECT_GE(as_now(), until);
        expect(timer.outcome(), AS_DONE);
    }
    expect(start(on, timer, 0), AS_DONE);
    ASSERT_TRUE(timer.wait(5));
}

TEST(OwnTimer, ComesInNoCallOfTheCallers)
{
    engine on;
    const std::thread::id caller = std::this_thread::get_id();
    operation_record timer;
    timer.then = [&](const as_outcome&) { EXPECT_NE(std::this_thread::get_id(), caller); };
    expect(start(on, timer, 0), AS_DONE);
    ASSERT_TRUE(timer.wait());
}

TEST(OwnTimer, IsCancelled)
{
    engine on;
    for (const as_deadline until : {as_in_ms(3'600'000), AS_NEVER, AS_NEVER - 1}) {
        operation_record timer;
        expect(start(on, timer, until), AS_DONE);
        as_operation_cancel(&timer.operation);
        as_operation_cancel(&timer.operation);
        ASSERT_TRUE(timer.wait());
        expect(timer.outcome(), AS_CANCELLED);
        EXPECT_NE(timer.outcome().code, 0U);
        as_operation_cancel(&timer.operation);
    }
}

TEST(OwnTimer, RefusesWhatMakesNoSense)
{
    engine on;
    operation_record timer;
    as_operation no_callback{};
    expect(as_timer_start(nullptr, &timer.operation, 0), AS_INVALID);
    expect(as_timer_start(on.handle(), nullptr, 0), AS_INVALID);
    expect(as_timer_start(on.handle(), &no_callback, 0), AS_INVALID);
    as_operation_cancel(&no_callback);
}

TEST(OwnTimer, IsStartedAgainInItsCallback)
{
    engine on;
    constexpr std::size_t times = 30;
    std::size_t left = times;
    as_deadline until = as_in_ms(1);
    operation_record timer;
    timer.then = [&](const as_outcome& outcome) {
        EXPECT_EQ(outcome.how, AS_DONE);
        EXPECT_GE(as_now(), until);
        until = as_in_ms(1);
        if (--left != 0) {
            expect(start(on, timer, until), AS_DONE);
        }
    };
    expect(start(on, timer, until), AS_DONE);
    ASSERT_TRUE(timer.wait(times));
}

// A callback that blocks holds up neither those of the same time nor later ones.
TEST(OwnTimer, OnesThatBlockDoNotHoldUpOthers)
{
    engine on;
    gate go_on;
    constexpr std::size_t count = 2; // Wine's pool does not grow by itself
    std::array<operation_record, count> blocked;
    std::array<operation_record, count> others;
    meeting all_inside(static_cast<int>(count) + 1);
    const as_deadline until = as_in_ms(10);
    for (std::size_t i = 0; i < count; ++i) {
        blocked[i].then = [&](const as_outcome&) {
            EXPECT_TRUE(all_inside.arrive_and_wait()); // at once
            EXPECT_TRUE(go_on.wait());
        };
        expect(start(on, blocked[i], until), AS_DONE);
        expect(start(on, others[i], until), AS_DONE);
    }
    EXPECT_TRUE(all_inside.arrive_and_wait());
    for (operation_record& each : others) {
        EXPECT_TRUE(each.wait());
    }
    operation_record later;
    expect(start(on, later, as_in_ms(5)), AS_DONE);
    EXPECT_TRUE(later.wait());
    go_on.open();
    for (operation_record& each : blocked) {
        ASSERT_TRUE(each.wait());
    }
}

// While the one callback that the engine may run blocks, they wait, and are not lost.
TEST(OwnTimer, WaitForAnEngineThatIsBusy)
{
    engine one_at_a_time(1);
    gate go_on;
    gate is_inside;
    std::array<operation_record, 4> timers;
    timers[0].then = [&](const as_outcome&) {
        is_inside.open();
        EXPECT_TRUE(go_on.wait());
    };
    expect(start(one_at_a_time, timers[0], 0), AS_DONE);
    ASSERT_TRUE(is_inside.wait());
    for (std::size_t i = 1; i < 4; ++i) {
        expect(start(one_at_a_time, timers[i], as_in_ms(i)), AS_DONE);
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(20)); // so that their times come meanwhile
    for (std::size_t i = 1; i < 4; ++i) {
        EXPECT_EQ(timers[i].count(), 0U);
    }
    go_on.open();
    for (operation_record& each : timers) {
        ASSERT_TRUE(each.wait());
        expect(each.outcome(), AS_DONE);
    }
}

TEST(OwnTimer, KeepsItsEngine)
{
    engine used;
    operation_record timer;
    gate go_on;
    gate has_begun;
    timer.then = [&](const as_outcome&) {
        expect(as_engine_end_and_wait(used.handle()), AS_INVALID);
        has_begun.open();
        EXPECT_TRUE(go_on.wait());
    };
    expect(start(used, timer, AS_NEVER), AS_DONE);
    expect(as_engine_end_and_wait(used.handle()), AS_INVALID);
    as_operation_cancel(&timer.operation);
    ASSERT_TRUE(has_begun.wait());
    gate is_ended;
    std::thread ender([&] {
        expect(as_engine_end_and_wait(used.release()), AS_DONE); // not refused any more, but it waits
        EXPECT_EQ(timer.count(), 1U);
        is_ended.open();
    });
    go_on.open();
    EXPECT_TRUE(is_ended.wait());
    ender.join();
}

TEST(OwnTimer, GoesOnWhenItsEngineIsGivenUp)
{
    engine given_up;
    operation_record timer;
    const as_deadline until = as_in_ms(20);
    expect(start(given_up, timer, until), AS_DONE);
    as_engine_end(given_up.release());
    ASSERT_TRUE(timer.wait());
    EXPECT_GE(as_now(), until);
    expect(timer.outcome(), AS_DONE);
}

// Its callback ends the engine while the call that started it is still on its way out.
TEST(OwnTimer, MayEndItsEngineInItsCallback)
{
    for (int round = 0; round < rounds_of(100); ++round) {
        engine used;
        operation_record timer;
        as_engine* const ended = used.handle();
        timer.then = [&](const as_outcome&) { as_engine_end(used.release()); };
        expect(timer.noted(as_timer_start(ended, &timer.operation, 0)), AS_DONE);
        ASSERT_TRUE(timer.wait());
    }
}

// Streams are used and closed in it as anywhere.
TEST(OwnTimer, ClosesAStream)
{
    engine on(1);
    stream_end end(on);
    operation_record receive;
    operation_record timer;
    expect(receive.receive(end.handle(), 10), AS_DONE);
    timer.then = [&](const as_outcome&) { end.close(); };
    expect(start(on, timer, as_in_ms(1)), AS_DONE);
    ASSERT_TRUE(timer.wait());
    ASSERT_TRUE(receive.wait());
    expect(receive.outcome(), AS_CLOSED_HERE);
}

// One of the two ends it, once.
TEST(OwnTimer, RacesWithACancel)
{
    engine on;
    int came = 0;
    for (int round = 0; round < rounds_of(400); ++round) {
        std::array<operation_record, 4> timers;
        for (operation_record& each : timers) {
            expect(start(on, each, as_in_ms(static_cast<std::uint64_t>(round % 2))), AS_DONE);
        }
        std::thread canceller([&] {
            for (operation_record& each : timers) {
                as_operation_cancel(&each.operation);
            }
        });
        for (operation_record& each : timers) {
            ASSERT_TRUE(each.wait());
            EXPECT_TRUE(is(each.outcome(), AS_DONE, 0) || is(each.outcome(), AS_CANCELLED, 0));
            came += each.outcome().how == AS_DONE ? 1 : 0;
        }
        canceller.join();
    }
    testing::Test::RecordProperty("came", came);
}

TEST(OwnTimer, ManyComeEachOnce)
{
    engine on;
    std::vector<operation_record> timers(2000);
    std::vector<as_deadline> times;
    std::uint64_t ms = 11;
    for (operation_record& each : timers) {
        ms = (ms * 31 + 7) % 61;
        times.push_back(as_in_ms(ms));
        expect(start(on, each, times.back()), AS_DONE);
    }
    for (std::size_t i = 0; i < timers.size(); ++i) {
        ASSERT_TRUE(timers[i].wait());
        EXPECT_GE(as_now(), times[i]);
        expect(timers[i].outcome(), AS_DONE);
    }
}

} // namespace
