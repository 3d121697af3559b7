// async_socket/wait.h, and whether a thread is in a callback (engine.h).
#include <gtest/gtest.h>

#include <atomic>
#include <cstring>
#include <thread>

#include "async_socket/timer.h"
#include "async_socket/wait.h"
#include "own/stream_end.hpp"

namespace {

using namespace contract;
using namespace contract::own;

std::uint32_t& word_of(std::atomic<std::uint32_t>& value)
{
    return reinterpret_cast<std::uint32_t&>(value);
}

TEST(OwnWait, GoesOnWhenTheWordIsAnother)
{
    std::atomic<std::uint32_t> word = 1;
    expect(as_wait(&word_of(word), 0, AS_NEVER), AS_DONE);
    expect(as_wait(&word_of(word), 0, 0), AS_DONE);
}

TEST(OwnWait, IsWoken)
{
    std::atomic<std::uint32_t> word = 0;
    std::thread other([&] {
        word = 1;
        as_wake(&word_of(word));
    });
    while (word == 0) {
        expect(as_wait(&word_of(word), 0, AS_NEVER), AS_DONE);
    }
    other.join();
}

TEST(OwnWait, EndsWithItsDeadlineAndNotBefore)
{
    std::atomic<std::uint32_t> word = 0;
    const as_deadline deadline = as_in_ms(20);
    as_outcome ended{};
    do {
        ended = as_wait(&word_of(word), 0, deadline);
    } while (ended.how == AS_DONE);
    expect(ended, AS_TIMED_OUT);
    EXPECT_GE(as_now(), deadline);
    expect(as_wait(&word_of(word), 0, 0), AS_TIMED_OUT);
}

TEST(OwnWait, RefusesWhatIsNoWord)
{
    alignas(std::uint32_t) unsigned char bytes[2 * sizeof(std::uint32_t)]{};
    expect(as_wait(nullptr, 0, AS_NEVER), AS_INVALID);
    expect(as_wait(reinterpret_cast<std::uint32_t*>(bytes + 1), 0, AS_NEVER), AS_INVALID);
    as_wake(nullptr);
}

// The one waits for what the other, on the same loop if there is only one, will do.
TEST(OwnWait, InACallbackHoldsUpNoOtherStream)
{
    const engine used(2);
    stream_end waiting(used);
    stream_end waking(used);
    std::atomic<std::uint32_t> word = 0;
    operation_record waits;
    operation_record wakes;
    waits.then = [&](const as_outcome&) {
        while (word == 0) {
            (void)as_wait(&word_of(word), 0, AS_NEVER);
        }
    };
    wakes.then = [&](const as_outcome&) {
        word = 1;
        as_wake(&word_of(word));
    };
    expect(waits.receive(waiting.handle(), 1), AS_DONE);
    expect(wakes.receive(waking.handle(), 1), AS_DONE);
    ASSERT_TRUE(waiting.far_end.send(pattern(1)));
    ASSERT_TRUE(waking.far_end.send(pattern(1)));
    ASSERT_TRUE(waits.wait());
    ASSERT_TRUE(wakes.wait());
}

TEST(OwnInCallback, IsToldOfTheThread)
{
    EXPECT_FALSE(as_is_in_callback());
    const engine used;
    stream_end end(used);
    bool was_inside_of_stream = false;
    bool was_inside_of_timer = false;
    operation_record receive;
    receive.then = [&](const as_outcome&) { was_inside_of_stream = as_is_in_callback(); };
    expect(receive.receive(end.handle(), 1), AS_DONE);
    ASSERT_TRUE(end.far_end.send(pattern(1)));
    ASSERT_TRUE(receive.wait());
    operation_record timer;
    timer.then = [&](const as_outcome&) { was_inside_of_timer = as_is_in_callback(); };
    expect(timer.noted(as_timer_start(used.handle(), &timer.operation, 0)), AS_DONE);
    ASSERT_TRUE(timer.wait());
    EXPECT_TRUE(was_inside_of_stream);
    EXPECT_TRUE(was_inside_of_timer);
    EXPECT_FALSE(as_is_in_callback());
}

} // namespace
