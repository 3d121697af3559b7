// async_socket/when.hpp
#include <array>
#include <chrono>
#include <stdexcept>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

#include "async_socket/std_stop_token.hpp"
#include "face/ends.hpp"

namespace {

using namespace contract;
using namespace contract::face;
using namespace std::chrono_literals;

class FaceWhen : public FaceTest {};

as::task<int> value_after(as::engine& engine, std::chrono::milliseconds time, int value)
{
    (void)co_await as::timer(engine, as::within(time));
    co_return value;
}

as::task<> nothing_after(as::engine& engine, std::chrono::milliseconds time)
{
    (void)co_await as::timer(engine, as::within(time));
}

as::task<int> throw_after(as::engine& engine, std::chrono::milliseconds time)
{
    (void)co_await as::timer(engine, as::within(time));
    throw std::runtime_error("thrown");
    co_return 0;
}

as::task<as::result> result_of_timer(as::engine& engine, as::deadline until)
{
    co_return co_await as::timer(engine, until);
}

TEST_F(FaceWhen, AllTellsEachValue)
{
    const auto work = [](as::engine& engine) -> as::task<> {
        const auto [number, none, time] = co_await as::when_all(value_after(engine, 3ms, 7), nothing_after(engine, 1ms),
                                                                as::timer(engine, as::within(2ms)));
        EXPECT_EQ(number, 7);
        EXPECT_EQ(none, as::nothing());
        EXPECT_EQ(time, as::how::done);
    };
    as::run(work(engine_));
}

TEST_F(FaceWhen, AllOfAVector)
{
    const auto work = [](as::engine& engine) -> as::task<> {
        std::vector<as::task<int>> tasks;
        tasks.reserve(20);
        for (int i = 0; i < 20; ++i) {
            tasks.push_back(value_after(engine, std::chrono::milliseconds(i % 3), i));
        }
        const std::vector<int> values = co_await as::when_all(std::move(tasks));
        EXPECT_EQ(values.size(), 20U);
        for (std::size_t i = 0; i < values.size(); ++i) {
            EXPECT_EQ(values[i], static_cast<int>(i));
        }
        EXPECT_TRUE((co_await as::when_all(std::vector<as::task<int>>())).empty());
    };
    as::run(work(engine_));
}

TEST_F(FaceWhen, AnyStopsTheOthersAndWaitsForThem)
{
    const auto work = [](as::engine& engine) -> as::task<> {
        const auto [first, results] = co_await as::when_any(
            as::timer(engine, as::never), as::timer(engine, as::within(1ms)), as::timer(engine, as::never));
        EXPECT_EQ(first, 1U);
        EXPECT_EQ(std::get<0>(results), as::how::cancelled);
        EXPECT_EQ(std::get<1>(results), as::how::done);
        EXPECT_EQ(std::get<2>(results), as::how::cancelled);
        expect(co_await as::timer(engine, as::within(0ms)), as::how::done); // whoever awaits is not stopped
    };
    as::run(work(engine_));
}

TEST_F(FaceWhen, AnyOfAVector)
{
    const auto work = [](as::engine& engine) -> as::task<> {
        std::vector<as::task<int>> tasks;
        tasks.push_back(value_after(engine, 10min, 1));
        tasks.push_back(value_after(engine, 1ms, 2));
        const auto [first, values] = co_await as::when_any(std::move(tasks));
        EXPECT_EQ(first, 1U);
        EXPECT_EQ(values, std::vector<int>({1, 2}));
    };
    as::run(work(engine_));
}

TEST_F(FaceWhen, TheFirstMayEndBeforeTheOthersBegin)
{
    const auto at_once = []() -> as::task<int> { co_return 1; };
    const auto work = [](as::engine& engine, auto begun) -> as::task<> {
        const auto [first, results] = co_await as::when_any(begun(), as::timer(engine, as::never));
        EXPECT_EQ(first, 0U);
        EXPECT_EQ(std::get<1>(results), as::how::cancelled);
        const auto [one, other] = co_await as::when_all(begun(), begun());
        EXPECT_EQ(one + other, 2);
    };
    as::run(work(engine_, at_once));
}

TEST_F(FaceWhen, NoByteOfALoserIsLost)
{
    face_end end(engine_);
    const auto work = [](as::engine& engine, as::stream& from, peer& far_end) -> as::task<std::size_t> {
        std::size_t received = 0;
        for (int i = 0; i < 200; ++i) {
            EXPECT_TRUE(far_end.send("x", 1));
            std::array<char, 10> room;
            const auto [first, results] =
                co_await as::when_any(from.receive(room, as::within(deadline)), as::timer(engine, as::within(0s)));
            received += std::get<0>(results).bytes();
        }
        co_return received;
    };
    const std::size_t received = as::run(work(engine_, end.stream, end.far_end));
    const auto rest = [](as::stream& from, std::size_t count) -> as::task<as::result> {
        std::vector<char> room(count);
        co_return (co_await from.receive_exactly(room, as::within(deadline))).outcome();
    };
    if (received < 200) {
        expect(as::run(rest(end.stream, 200 - received)), as::how::done, 200 - received);
    }
}

TEST_F(FaceWhen, AnExceptionWaitsForTheOthers)
{
    const auto work = [](as::engine& engine) -> as::task<> {
        bool is_over = false;
        const auto note = [](as::engine& on, bool& noted) -> as::task<> {
            (void)co_await as::timer(on, as::within(5ms));
            noted = true;
        };
        EXPECT_THROW((void)co_await as::when_all(throw_after(engine, 0ms), note(engine, is_over)), std::runtime_error);
        EXPECT_TRUE(is_over);
    };
    as::run(work(engine_));
}

TEST_F(FaceWhen, AStopReachesAll)
{
    const auto work = [](as::engine& engine) -> as::task<> {
        const auto [one, other] = co_await as::when_all(as::timer(engine, as::never), as::timer(engine, as::never));
        expect(one, as::how::cancelled);
        expect(other, as::how::cancelled);
        const auto [third, fourth] = co_await as::when_all(as::timer(engine, as::never), as::timer(engine, as::never));
        expect(third, as::how::cancelled); // it had come already
        expect(fourth, as::how::cancelled);
    };
    as::scope tasks;
    tasks.spawn(work(engine_));
    tasks.stop_and_join();
}

TEST_F(FaceWhen, ADeadlineReachesAll)
{
    const auto work = [](as::engine& engine) -> as::task<> {
        const auto [one, other] = co_await as::when_all(as::timer(engine, as::never), as::timer(engine, as::never));
        expect(one, as::how::timed_out);
        expect(other, as::how::timed_out);
    };
    as::run(work(engine_).until(as::within(soon)));
}

TEST_F(FaceWhen, MayHaveADeadlineOfItsOwn)
{
    const auto work = [](as::engine& engine) -> as::task<> {
        const auto [one, other] =
            co_await as::when_all(as::timer(engine, as::never), as::timer(engine, as::never)).until(as::within(1ms));
        expect(one, as::how::timed_out);
        expect(other, as::how::timed_out);
        const auto [first, results] =
            co_await as::when_any(as::timer(engine, as::never), as::timer(engine, as::within(0ms)))
                .until(as::within(deadline));
        EXPECT_EQ(first, 1U);
        expect(std::get<0>(results), as::how::cancelled);
        expect(std::get<1>(results), as::how::done);

        std::vector<as::task<as::result>> tasks;
        tasks.push_back(result_of_timer(engine, as::never));
        tasks.push_back(result_of_timer(engine, as::never));
        for (const as::result& each : co_await as::when_all(std::move(tasks)).until(as::within(1ms))) {
            expect(each, as::how::timed_out);
        }
        expect(co_await as::timer(engine, as::within(0ms)), as::how::done); // whoever awaits has none
    };
    as::run(work(engine_));
}

TEST_F(FaceWhen, MayBeStoppedByAToken)
{
    const auto work = [](as::engine& engine, std::stop_token token) -> as::task<> {
        const auto [one, other] =
            co_await as::when_all(as::timer(engine, as::never), as::timer(engine, as::never)).stopped_by(token);
        expect(one, as::how::cancelled);
        expect(other, as::how::cancelled);

        std::vector<as::task<as::result>> tasks;
        tasks.push_back(result_of_timer(engine, as::never));
        tasks.push_back(result_of_timer(engine, as::never));
        const auto [first, results] = co_await as::when_any(std::move(tasks)).stopped_by(token); // it has come already
        EXPECT_LT(first, 2U);
        for (const as::result& each : results) {
            expect(each, as::how::cancelled);
        }
        expect(co_await as::timer(engine, as::within(0ms)), as::how::done); // whoever awaits is not stopped
    };
    for (int i = 0; i < 50; ++i) {
        std::stop_source source;
        as::scope tasks;
        tasks.spawn(work(engine_, source.get_token()));
        source.request_stop();
        tasks.join();
    }
}

TEST_F(FaceWhen, OneThereWasNoMemoryForIsTheFirst)
{
    const auto work = [](as::engine& engine) -> as::task<> {
        const auto [first, results] = co_await as::when_any(as::timer(engine, as::never), as::task<as::result>());
        EXPECT_EQ(first, 1U);
        expect(std::get<0>(results), as::how::cancelled);
        expect(std::get<1>(results), as::how::no_room);
    };
    as::run(work(engine_));
}

// The close waits for the callback of the receive, in which the first task ends.
TEST_F(FaceWhen, OneMayCloseWhatAnotherReceivesFrom)
{
    const auto receive = [](as::stream& from) -> as::task<as::result> {
        char room[1];
        co_return (co_await from.receive(room)).outcome();
    };
    const auto close_a_little_later = [](as::stream& closed) -> as::task<> {
        std::this_thread::sleep_for(1ms); // so that the byte has often come
        closed.close();
        co_return;
    };
    for (int i = 0; i < 20; ++i) {
        face_end end(engine_);
        ASSERT_TRUE(end.far_end.send("x", 1));
        const auto [received, closed] = as::run(as::when_all(receive(end.stream), close_a_little_later(end.stream)));
        EXPECT_TRUE(received == as::how::done || received == as::how::closed_here) << received.message().c_str();
    }
}

TEST_F(FaceWhen, IsRunByAThread)
{
    const auto [one, other] = as::run(as::when_all(as::timer(engine_, as::within(1ms)), value_after(engine_, 1ms, 2)));
    expect(one, as::how::done);
    EXPECT_EQ(other, 2);
}

TEST_F(FaceWhen, InEachOther)
{
    const auto work = [](as::engine& engine) -> as::task<> {
        const auto inner = [](as::engine& on) -> as::task<int> {
            const auto [one, other] = co_await as::when_all(value_after(on, 1ms, 1), value_after(on, 2ms, 2));
            co_return one + other;
        };
        const auto [first, results] = co_await as::when_any(inner(engine), nothing_after(engine, 10min));
        EXPECT_EQ(first, 0U);
        EXPECT_EQ(std::get<0>(results), 3);
    };
    as::run(work(engine_));
}

} // namespace
