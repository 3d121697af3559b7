// async_socket/scope.hpp
#include <atomic>
#include <chrono>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>

#include "async_socket/std_stop_token.hpp"
#include "face/ends.hpp"

namespace {

using namespace contract;
using namespace contract::face;
using namespace std::chrono_literals;

class FaceScope : public FaceTest {
protected:
    std::atomic<int> ended_ = 0;
};

as::task<> wait_and_count(as::engine& engine, as::deadline until, std::atomic<int>& ended)
{
    (void)co_await as::timer(engine, until);
    ++ended;
}

TEST_F(FaceScope, JoinsAllThatItHas)
{
    as::scope tasks;
    for (int i = 0; i < 100; ++i) {
        EXPECT_TRUE(tasks.spawn(wait_and_count(engine_, as::within(std::chrono::milliseconds(i % 5)), ended_)));
    }
    tasks.join();
    EXPECT_EQ(ended_, 100);
    EXPECT_EQ(tasks.size(), 0U);
}

TEST_F(FaceScope, StopsWhatWaitsAndWhatComesLater)
{
    as::scope tasks;
    tasks.spawn(wait_and_count(engine_, as::never, ended_));
    tasks.stop_and_join();
    EXPECT_EQ(ended_, 1);
    tasks.spawn(wait_and_count(engine_, as::never, ended_));
    tasks.join();
    EXPECT_EQ(ended_, 2);
}

TEST_F(FaceScope, IsNotLeftWithWorkInIt)
{
    testing::internal::CaptureStderr();
    {
        as::scope tasks;
        tasks.spawn(wait_and_count(engine_, as::never, ended_));
    }
    EXPECT_EQ(ended_, 1);
    const std::string said = testing::internal::GetCapturedStderr();
    EXPECT_NE(said.find("a scope is left with tasks in it"), std::string::npos) << said;
}

TEST_F(FaceScope, AnExceptionThatLeavesItStopsAndJoins)
{
    testing::internal::CaptureStderr();
    EXPECT_THROW(
        {
            as::scope tasks;
            tasks.spawn(wait_and_count(engine_, as::never, ended_));
            throw std::runtime_error("leaves the block");
        },
        std::runtime_error);
    (void)testing::internal::GetCapturedStderr();
    EXPECT_EQ(ended_, 1);
}

TEST_F(FaceScope, WhatATaskOwnsGoesBeforeTheJoinReturns)
{
    const auto owned = std::make_shared<int>(0);
    const auto own = [](as::engine& engine, std::shared_ptr<int> /*owned*/) -> as::task<> {
        (void)co_await as::timer(engine, as::within(1ms));
    };
    for (int i = 0; i < 50; ++i) {
        as::scope tasks;
        tasks.spawn(own(engine_, owned));
        tasks.join();
        ASSERT_EQ(owned.use_count(), 1);
    }
}

TEST_F(FaceScope, IsJoinedByATask)
{
    const auto all = [](as::engine& engine, std::atomic<int>& ended) -> as::task<> {
        as::scope tasks;
        for (int i = 0; i < 10; ++i) {
            tasks.spawn(wait_and_count(engine, as::within(1ms), ended));
        }
        co_await tasks.joined();
        EXPECT_EQ(ended, 10);
        co_await tasks.joined(); // of none
    };
    as::run(all(engine_, ended_));
}

TEST_F(FaceScope, AStopReachesAScopeThatIsJoined)
{
    const auto all = [](as::engine& engine, std::atomic<int>& ended) -> as::task<> {
        as::scope tasks;
        tasks.spawn(wait_and_count(engine, as::never, ended));
        co_await tasks.joined();
    };
    as::scope outer;
    outer.spawn(all(engine_, ended_));
    outer.stop_and_join();
    EXPECT_EQ(ended_, 1);
}

TEST_F(FaceScope, AStopThatHasComeReachesItToo)
{
    const auto all = [](as::engine& engine, std::atomic<int>& ended) -> as::task<> {
        as::scope tasks;
        tasks.spawn(wait_and_count(engine, as::never, ended));
        expect(co_await as::timer(engine, as::never), as::how::cancelled);
        co_await tasks.joined();
    };
    as::scope outer;
    outer.spawn(all(engine_, ended_));
    outer.stop_and_join();
    EXPECT_EQ(ended_, 1);
}

TEST_F(FaceScope, InATaskIsJoinedHoweverItIsLeft)
{
    const auto work = [](as::engine& engine, std::atomic<int>& ended, bool throws) -> as::task<> {
        co_await as::with_scope([&](as::scope& tasks) -> as::task<> {
            tasks.spawn(wait_and_count(engine, throws ? as::never : as::within(1ms), ended));
            (void)co_await as::timer(engine, as::within(0ms));
            if (throws) {
                throw std::runtime_error("leaves the scope");
            }
        });
    };
    as::run(work(engine_, ended_, false));
    EXPECT_EQ(ended_, 1);
    EXPECT_THROW(as::run(work(engine_, ended_, true)), std::runtime_error);
    EXPECT_EQ(ended_, 2);
}

TEST_F(FaceScope, ADeadlineReachesAllOfItsTasks)
{
    const auto wait = [](as::engine& engine, as::result& ended) -> as::task<> {
        ended = co_await as::timer(engine, as::never);
    };
    as::result ended;
    {
        as::scope tasks(as::within(soon));
        tasks.spawn(wait(engine_, ended));
        tasks.join();
    }
    expect(ended, as::how::timed_out);
    const auto work = [](as::engine& engine, auto waiting, as::result& told) -> as::task<> {
        co_await as::with_scope([&](as::scope& tasks) -> as::task<> {
            tasks.spawn(waiting(engine, told));
            co_return;
        });
    };
    as::result told;
    as::run(work(engine_, wait, told).until(as::within(soon)));
    expect(told, as::how::timed_out);
}

TEST_F(FaceScope, IsJoinedBySeveralAndMayGoWithTheFirst)
{
    as::scope joiners;
    auto tasks = std::make_unique<as::scope>();
    std::stop_source all_wait;
    tasks->spawn([this, &all_wait]() -> as::task<> {
        (void)co_await as::timer(engine_, as::never).stopped_by(all_wait.get_token());
    });
    std::atomic<int> joined = 0;
    const auto join = [](std::unique_ptr<as::scope>& joined_scope, std::atomic<int>& count) -> as::task<> {
        co_await joined_scope->joined();
        if (++count == 1) {
            joined_scope.reset();
        }
    };
    for (int i = 0; i < 3; ++i) {
        joiners.spawn(join(tasks, joined));
    }
    all_wait.request_stop();
    joiners.join();
    EXPECT_EQ(joined, 3);
    EXPECT_EQ(tasks, nullptr);
}

TEST_F(FaceScope, IsDrainedInATask)
{
    const auto work = [](as::engine& engine, std::atomic<int>& ended) -> as::task<> {
        as::scope tasks;
        tasks.spawn(wait_and_count(engine, as::never, ended));
        const auto [first, results] = co_await as::when_any(tasks.joined(), as::timer(engine, as::within(soon)));
        EXPECT_EQ(first, 1U);
        EXPECT_EQ(std::get<1>(results), as::how::done);
        EXPECT_EQ(tasks.size(), 0U);
    };
    as::run(work(engine_, ended_));
    EXPECT_EQ(ended_, 1);
}

TEST_F(FaceScope, KeepsTheFunctionWhoseTaskItSpawns)
{
    as::scope tasks;
    {
        const auto kept = std::make_shared<int>(7);
        tasks.spawn([this, kept]() -> as::task<> {
            (void)co_await as::timer(engine_, as::within(5ms));
            ended_ = *kept;
        });
    }
    tasks.join();
    EXPECT_EQ(ended_, 7);
}

TEST_F(FaceScope, TasksKnowThatTheyAreStopped)
{
    as::scope tasks;
    const auto compute = [](as::engine& engine, std::atomic<int>& ended) -> as::task<> {
        (void)co_await as::on(engine);
        while (!(co_await as::this_task()).is_stopped()) {
        }
        EXPECT_EQ((co_await as::this_task()).until(), as::never);
        ++ended;
    };
    tasks.spawn(compute(engine_, ended_));
    tasks.stop_and_join();
    EXPECT_EQ(ended_, 1);
}

TEST_F(FaceScope, TasksSpawnTasks)
{
    as::scope tasks;
    const auto spawn = [](as::scope& in, as::engine& engine, std::atomic<int>& ended) -> as::task<> {
        for (int i = 0; i < 10; ++i) {
            in.spawn(wait_and_count(engine, as::within(1ms), ended));
            (void)co_await as::timer(engine, as::within(0ms));
        }
    };
    for (int i = 0; i < 10; ++i) {
        tasks.spawn(spawn(tasks, engine_, ended_));
    }
    tasks.join();
    EXPECT_EQ(ended_, 100);
}

TEST_F(FaceScope, ManyThreadsSpawn)
{
    as::scope tasks;
    std::vector<std::thread> threads;
    threads.reserve(4);
    for (int i = 0; i < 4; ++i) {
        threads.emplace_back([&] {
            for (int j = 0; j < 50; ++j) {
                tasks.spawn(wait_and_count(engine_, as::within(0ms), ended_));
            }
        });
    }
    for (std::thread& each : threads) {
        each.join();
    }
    tasks.join();
    EXPECT_EQ(ended_, 200);
}

TEST_F(FaceScope, ADrainTellsHowTheyHaveEnded)
{
    face_end quiet(engine_);
    face_end full(engine_);
    full.far_end.limit_buffers(4096);
    const auto send_much = [](as::stream& to, const bytes& much) -> as::task<> {
        const as::result sent = co_await to.send(much);
        EXPECT_EQ(sent, as::how::cancelled);
        EXPECT_GT(sent.bytes(), 0U);
    };
    const auto receive = [](as::stream& from) -> as::task<> {
        char room[1];
        expect(co_await from.receive(room), as::how::cancelled);
    };
    const bytes much(64 * mib);
    as::scope tasks;
    tasks.spawn(wait_and_count(engine_, as::within(0ms), ended_));
    tasks.spawn(receive(quiet.stream));
    tasks.spawn(send_much(full.stream, much));
    ASSERT_EQ(full.far_end.receive(1).size(), 1U) << "a part of it has gone";
    const as::tally told = tasks.drain(50ms);
    EXPECT_EQ(told.cancelled, 1U);
    EXPECT_EQ(told.cut_off, 1U);
    EXPECT_EQ(tasks.size(), 0U);
}

// However deep in scopes it was.
TEST_F(FaceScope, ADrainTellsOfWhatWasCutFurtherInside)
{
    face_end full(engine_);
    full.far_end.limit_buffers(4096);
    const bytes much(64 * mib);
    const auto send_much = [](as::stream& to, const bytes& data) -> as::task<> { (void)co_await to.send(data); };
    const auto in_a_scope = [](auto send, as::stream& to, const bytes& data) -> as::task<> {
        as::scope inner;
        inner.spawn(send(to, data));
        co_await inner.joined();
    };
    as::scope tasks;
    tasks.spawn(in_a_scope(send_much, full.stream, much));
    ASSERT_EQ(full.far_end.receive(1).size(), 1U) << "a part of it has gone";
    const as::tally told = tasks.drain(50ms);
    EXPECT_EQ(told.cut_off, 1U);
    EXPECT_EQ(told.cancelled, 0U);
}

TEST_F(FaceScope, SaysSoIfThereIsNoMemoryForWhatAFunctionAnswers)
{
    as::scope tasks;
    EXPECT_FALSE(tasks.spawn([] { return as::task<>(); }));
    EXPECT_FALSE(tasks.spawn([] { return as::task<as::result>(); }));
    EXPECT_EQ(tasks.size(), 0U);
    EXPECT_TRUE(tasks.spawn([this] { return wait_and_count(engine_, as::within(0ms), ended_); }));
    tasks.join();
}

// Told of is who ends while it lasts. On a busy machine one may have ended before it begins.
TEST_F(FaceScope, ADrainThatHasTimeStopsNobody)
{
    as::tally told;
    for (int i = 0; i < 100 && told.ended == 0; ++i) {
        as::scope tasks;
        tasks.spawn(wait_and_count(engine_, as::within(5ms), ended_));
        told = tasks.drain(deadline);
        ASSERT_EQ(told.cancelled + told.cut_off, 0U);
        ASSERT_EQ(ended_, i + 1);
    }
    EXPECT_EQ(told.ended, 1U);
}

} // namespace
