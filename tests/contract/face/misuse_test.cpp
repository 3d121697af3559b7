// What a program may not do with coroutines ends it with a message.
#include <chrono>
#include <coroutine>
#include <cstdlib>
#include <exception>
#include <stdexcept>

#include "face/ends.hpp"

namespace {

using namespace contract;
using namespace contract::face;

// A coroutine that somebody holds and can destroy at any time.
struct held_coroutine {
    struct promise_type {
        held_coroutine get_return_object() { return {std::coroutine_handle<promise_type>::from_promise(*this)}; }
        std::suspend_never initial_suspend() const { return {}; }
        std::suspend_always final_suspend() const noexcept { return {}; }
        void return_void() const {}
        void unhandled_exception() const { std::terminate(); }
    };

    std::coroutine_handle<promise_type> coroutine;
};

held_coroutine receive(as::stream& from)
{
    char room[1];
    (void)co_await from.receive(room);
}

as::task<> receive_in_a_task(as::stream& from)
{
    char room[1];
    (void)co_await from.receive(room);
}

held_coroutine await_task(as::stream& from)
{
    co_await receive_in_a_task(from);
}

as::task<> throwing()
{
    throw std::runtime_error("nobody is there to catch it");
    co_return;
}

class FaceMisuseDeathTest : public testing::Test {
protected:
    void SetUp() override { GTEST_FLAG_SET(death_test_style, "threadsafe"); }
};

as::task<> join_in_itself(as::scope& own)
{
    co_await own.joined();
}

TEST_F(FaceMisuseDeathTest, ATaskWaitsForItsOwnScope)
{
    EXPECT_DEATH(
        {
            as::scope tasks;
            tasks.spawn(join_in_itself(tasks));
        },
        "a task awaited the end of the scope that it is in");
}

TEST_F(FaceMisuseDeathTest, ACoroutineIsDestroyedWhileItsOperationIsUnderWay)
{
    EXPECT_DEATH(
        {
            as::engine engine;
            face_end end(engine);
            receive(end.stream).coroutine.destroy();
            std::_Exit(0);
        },
        "a coroutine was destroyed, or an operation moved, while the operation was under way");
}

TEST_F(FaceMisuseDeathTest, ATaskIsDestroyedThatHasNotEnded)
{
    EXPECT_DEATH(
        {
            as::engine engine;
            face_end end(engine);
            await_task(end.stream).coroutine.destroy();
            std::_Exit(0);
        },
        "a task was destroyed that has begun and not ended");
}

TEST_F(FaceMisuseDeathTest, AnExceptionLeavesATaskOfAScope)
{
    EXPECT_DEATH(
        {
            as::scope tasks;
            tasks.spawn(throwing());
            std::_Exit(0);
        },
        "");
}

as::task<> wait_for_ever(as::engine& engine)
{
    (void)co_await as::timer(engine, as::never);
}

as::task<> leave_a_scope(as::engine& engine)
{
    (void)co_await as::on(engine);
    as::scope left;
    left.spawn(wait_for_ever(engine));
}

as::task<> run_in_a_task(as::engine& engine)
{
    (void)co_await as::on(engine);
    as::run(wait_for_ever(engine));
}

held_coroutine join(as::scope& joined)
{
    co_await joined.joined();
}

TEST_F(FaceMisuseDeathTest, AThreadOfAnEngineWaitsForTasks)
{
    EXPECT_DEATH(
        {
            as::engine engine;
            as::run(leave_a_scope(engine));
            std::_Exit(0);
        },
        "a scope was joined in a task");
    EXPECT_DEATH(
        {
            as::engine engine;
            as::run(run_in_a_task(engine));
            std::_Exit(0);
        },
        "as::run was called in a task");
}

TEST_F(FaceMisuseDeathTest, ACoroutineIsDestroyedThatWaitsForAScope)
{
    EXPECT_DEATH(
        {
            as::engine engine;
            as::scope tasks;
            tasks.spawn(wait_for_ever(engine));
            join(tasks).coroutine.destroy();
            std::_Exit(0);
        },
        "a coroutine was destroyed while it waited for a scope");
}

} // namespace
