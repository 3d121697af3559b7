// async_socket/engine.h
#include <gtest/gtest.h>

#include <cstring>

#include "own/stream_end.hpp"

namespace {

using namespace contract;
using namespace contract::own;

TEST(OwnEngine, IsMadeWithTheUsualOptionsAndEnds)
{
    as_engine* made = nullptr;
    expect(as_engine_create(nullptr, &made), AS_DONE);
    ASSERT_NE(made, nullptr);
    EXPECT_STRNE(as_engine_backend(made), "");
    expect(as_engine_end_and_wait(made), AS_DONE);
}

TEST(OwnEngine, RefusesWhatMakesNoSense)
{
    as_engine* made = nullptr;
    expect(as_engine_create(nullptr, nullptr), AS_INVALID);
    as_engine_options options = AS_ENGINE_OPTIONS;
    options.size -= 1;
    expect(as_engine_create(&options, &made), AS_INVALID);
    options = AS_ENGINE_OPTIONS;
    options.reserved = 1;
    expect(as_engine_create(&options, &made), AS_INVALID);
    options = AS_ENGINE_OPTIONS;
    options.threads = 3;
    options.callbacks = 2;
    expect(as_engine_create(&options, &made), AS_INVALID);
    EXPECT_EQ(made, nullptr);
    EXPECT_STREQ(as_engine_backend(nullptr), "");
    as_engine_end(nullptr);
    expect(as_engine_end_and_wait(nullptr), AS_INVALID);
}

TEST(OwnEngine, OneThatWasGivenUpGoesOnForItsStreams)
{
    engine given_up;
    stream_end end(given_up);
    as_engine_end(given_up.release());
    operation_record receive;
    expect(receive.receive(end.handle(), 10), AS_DONE);
    ASSERT_TRUE(end.far_end.send(pattern(3)));
    ASSERT_TRUE(receive.wait());
    expect(receive.outcome(), AS_DONE, 3);
}

TEST(OwnEngine, IsNotWaitedForWhileAStreamIsOpenNorInACallback)
{
    engine used;
    {
        stream_end end(used);
        expect(as_engine_end_and_wait(used.handle()), AS_INVALID);
        operation_record receive;
        as_outcome in_callback{};
        receive.then = [&](const as_outcome&) { in_callback = as_engine_end_and_wait(used.handle()); };
        expect(receive.receive(end.handle(), 10), AS_DONE);
        ASSERT_TRUE(end.far_end.send(pattern(3)));
        ASSERT_TRUE(receive.wait());
        expect(in_callback, AS_INVALID);
    }
    expect(as_engine_end_and_wait(used.release()), AS_DONE);
}

// A callback that has closed its own stream is waited for, too.
TEST(OwnEngine, EndAndWaitWaitsForEveryCallback)
{
    engine used;
    stream_end end(used);
    as_stream* const closed = end.release();
    gate closed_here;
    bool has_returned = false;
    operation_record receive;
    receive.then = [&](const as_outcome&) {
        as_stream_close(closed);
        closed_here.open();
        std::this_thread::sleep_for(std::chrono::milliseconds(20)); // so that the end has somebody to wait for
        has_returned = true;
    };
    expect(receive.receive(closed, 10), AS_DONE);
    ASSERT_TRUE(end.far_end.send(pattern(3)));
    ASSERT_TRUE(closed_here.wait());
    expect(as_engine_end_and_wait(used.release()), AS_DONE);
    EXPECT_TRUE(has_returned);
}

} // namespace
