// async_socket/task.hpp: tasks that wait for each other.
#include <chrono>
#include <coroutine>
#include <exception>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>

#include "face/ends.hpp"

namespace {

using namespace contract;
using namespace contract::face;
using namespace std::chrono_literals;

class FaceTask : public FaceTest {};

as::task<int> number(int value)
{
    co_return value;
}

as::task<int> number_after(as::engine& engine, int value)
{
    (void)co_await as::timer(engine, as::within(0s));
    co_return value;
}

as::task<int> throwing(as::engine* after)
{
    if (after != nullptr) {
        (void)co_await as::timer(*after, as::within(0s));
    }
    throw std::runtime_error("thrown");
    co_return 0;
}

TEST_F(FaceTask, TellsItsValue)
{
    EXPECT_EQ(as::run(number(7)), 7);
    EXPECT_EQ(as::run(number_after(engine_, 8)), 8);
}

TEST_F(FaceTask, ItsValueMayBeMovedOnly)
{
    const auto make = []() -> as::task<std::unique_ptr<int>> { co_return std::make_unique<int>(3); };
    EXPECT_EQ(*as::run(make()), 3);
}

TEST_F(FaceTask, ThatWasNeverBegunMayGo)
{
    const auto counted = std::make_shared<int>(1);
    const auto hold = [](std::shared_ptr<int> /*held*/) -> as::task<> { co_return; };
    {
        const as::task<> never_begun = hold(counted);
        EXPECT_EQ(counted.use_count(), 2);
        EXPECT_TRUE(never_begun);
    }
    EXPECT_EQ(counted.use_count(), 1);
}

TEST_F(FaceTask, MayBeMovedBeforeItBegins)
{
    as::task<int> one = number(1);
    as::task<int> other = std::move(one);
    EXPECT_FALSE(one); // NOLINT(bugprone-use-after-move): that is the question
    one = std::move(other);
    EXPECT_EQ(as::run(std::move(one)), 1);
}

TEST_F(FaceTask, ThrowsWhereItIsAwaited)
{
    EXPECT_THROW((void)as::run(throwing(nullptr)), std::runtime_error);
    const auto catching = [](as::engine& engine) -> as::task<std::string> {
        try {
            (void)co_await throwing(&engine);
        } catch (const std::runtime_error& thrown) {
            co_return thrown.what();
        }
        co_return "nothing";
    };
    EXPECT_EQ(as::run(catching(engine_)), "thrown");
}

// Each of them ends before it is waited for. A stack that grew with their number would be at its end.
TEST_F(FaceTask, ManyThatWaitForNothingNeedNoStack)
{
    const auto sum = []() -> as::task<long> {
        long all = 0;
        for (int i = 0; i < 200'000; ++i) {
            all += co_await number(1);
        }
        co_return all;
    };
    EXPECT_EQ(as::run(sum()), 200'000);
}

TEST_F(FaceTask, AwaitsTasksThatEndElsewhere)
{
    const auto sum = [](as::engine& engine) -> as::task<int> {
        int all = 0;
        for (int i = 0; i < 500; ++i) {
            all += co_await number_after(engine, 1);
        }
        co_return all;
    };
    EXPECT_EQ(as::run(sum(engine_)), 500);
}

TEST_F(FaceTask, ADeadlineReachesAllThatItAwaits)
{
    const auto inner = [](as::engine& engine) -> as::task<as::result> {
        co_return co_await as::timer(engine, as::within(1h));
    };
    const auto outer = [](as::engine& engine, auto called) -> as::task<as::result> {
        co_return co_await called(engine);
    };
    const auto outermost = [](as::engine& engine, auto called, auto calls) -> as::task<as::result> {
        co_return co_await called(engine, calls).until(as::within(soon));
    };
    expect(as::run(outermost(engine_, outer, inner)), as::how::timed_out);
    expect(as::run(outer(engine_, inner).until(as::within(soon))), as::how::timed_out);
}

TEST_F(FaceTask, TheEarlierDeadlineCounts)
{
    const auto wait = [](as::engine& engine, as::deadline at) -> as::task<as::result> {
        co_return co_await as::timer(engine, at);
    };
    expect(as::run(wait(engine_, as::within(soon)).until(as::within(1h))), as::how::done);
    const auto outer = [](as::engine& engine, auto called) -> as::task<as::result> {
        co_return co_await called(engine, as::within(1h)).until(as::within(2h));
    };
    expect(as::run(outer(engine_, wait).until(as::within(soon))), as::how::timed_out);
}

TEST_F(FaceTask, GoesOverToTheEngine)
{
    const auto move = [](as::engine& engine) -> as::task<bool> {
        const std::thread::id before = std::this_thread::get_id();
        expect(co_await as::on(engine), as::how::done);
        co_return before != std::this_thread::get_id();
    };
    EXPECT_TRUE(as::run(move(engine_)));
}

// A coroutine of somebody else's: it knows nothing of this library, and is told when it has ended.
struct foreign_task {
    struct promise_type {
        gate* over = nullptr;

        foreign_task get_return_object() { return {std::coroutine_handle<promise_type>::from_promise(*this)}; }
        std::suspend_always initial_suspend() const { return {}; }
        struct last {
            bool await_ready() const noexcept { return false; }
            void await_suspend(std::coroutine_handle<promise_type> ended) noexcept { ended.promise().over->open(); }
            void await_resume() const noexcept {}
        };
        last final_suspend() const noexcept { return {}; }
        void return_void() const {}
        void unhandled_exception() const { std::terminate(); }
    };

    std::coroutine_handle<promise_type> coroutine;

    void run_and_destroy() const
    {
        gate over;
        coroutine.promise().over = &over;
        coroutine.resume();
        EXPECT_TRUE(over.wait());
        coroutine.destroy();
    }
};

TEST_F(FaceTask, OperationsAndTasksAreAwaitedInForeignCoroutines)
{
    face_end end(engine_);
    const auto work = [](as::stream& on, as::engine& engine) -> foreign_task {
        char room[3];
        expect(co_await on.receive_exactly(room, as::within(deadline)), as::how::done, 3);
        expect(co_await on.send("yes", as::within(deadline)), as::how::done, 3);
        EXPECT_EQ(co_await number_after(engine, 5), 5);
        EXPECT_EQ(co_await number_after(engine, 5).until(as::within(1h)), 5);
        const auto [one, other] = co_await as::when_all(number_after(engine, 1), number(2));
        EXPECT_EQ(one + other, 3);
        as::scope others;
        others.spawn(number_after(engine, 1));
        co_await others.joined();
        EXPECT_EQ(others.size(), 0U);
    };
    ASSERT_TRUE(end.far_end.send("abc", 3));
    work(end.stream, engine_).run_and_destroy();
    EXPECT_EQ(end.far_end.receive(3), bytes({'y', 'e', 's'}));
}

TEST_F(FaceTask, AnEmptyOneSaysThatThereWasNoRoom)
{
    const auto await_both = []() -> as::task<as::result> {
        EXPECT_THROW((void)co_await as::task<int>(), std::bad_alloc);
        const auto [none, one] = co_await as::when_all(as::task<as::result>(), number(1));
        EXPECT_EQ(none, as::how::no_room);
        EXPECT_EQ(one, 1);
        co_return co_await as::task<as::result>();
    };
    expect(as::run(await_both()), as::how::no_room);
    expect(as::run(as::task<as::result>()), as::how::no_room);
    as::scope tasks;
    EXPECT_FALSE(tasks.spawn(as::task<>()));
}

} // namespace
