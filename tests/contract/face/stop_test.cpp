// async_socket/stop.hpp: stopping operations and tasks by tokens, the standard's and others.
#include <array>
#include <atomic>
#include <chrono>
#include <functional>
#include <list>
#include <mutex>
#include <stop_token>
#include <thread>

#include "async_socket/std_stop_token.hpp"
#include "face/ends.hpp"

namespace {

using namespace contract;
using namespace contract::face;
using namespace std::chrono_literals;

// A token that looks like the standard's and counts who has registered.
class counted_source {
public:
    class token {
    public:
        template <typename Function>
        class callback_type {
        public:
            callback_type(const token& of, Function function) : source_(*of.source_), at_(source_.add(function)) {}
            ~callback_type() { source_.remove(at_); }
            callback_type(const callback_type&) = delete;
            callback_type& operator=(const callback_type&) = delete;

        private:
            counted_source& source_;
            std::list<std::function<void()>>::iterator at_;
        };

        explicit token(counted_source& source) : source_(&source) {}
        [[nodiscard]] bool stop_requested() const { return source_->is_stopped_; }
        [[nodiscard]] static bool stop_possible() { return true; }

    private:
        counted_source* source_;
    };

    [[nodiscard]] token get_token() { return token(*this); }
    void request_stop()
    {
        const std::lock_guard<std::mutex> lock(mutex_);
        is_stopped_ = true;
        for (const auto& each : callbacks_) {
            each();
        }
    }
    std::atomic<int> registrations = 0;
    [[nodiscard]] std::size_t registered()
    {
        const std::lock_guard<std::mutex> lock(mutex_);
        return callbacks_.size();
    }

private:
    std::list<std::function<void()>>::iterator add(std::function<void()> called)
    {
        const std::lock_guard<std::mutex> lock(mutex_);
        ++registrations;
        if (is_stopped_) {
            called();
        }
        return callbacks_.insert(callbacks_.end(), std::move(called));
    }
    void remove(std::list<std::function<void()>>::iterator at)
    {
        const std::lock_guard<std::mutex> lock(mutex_);
        callbacks_.erase(at);
    }

    std::mutex mutex_;
    std::atomic<bool> is_stopped_ = false;
    std::list<std::function<void()>> callbacks_;
};

class FaceStop : public FaceTest {
protected:
    face_end end_{engine_};
    std::stop_source source_;
};

as::task<as::result> receive_until_stopped(as::stream& from, std::stop_token token)
{
    char room[1];
    co_return (co_await from.receive(room).stopped_by(std::move(token))).outcome();
}

as::task<> note(as::task<as::result> noted, as::result& in)
{
    in = co_await std::move(noted);
}

// Some moments, to meet another thread at another one each time.
void wait_a_little(int turns)
{
    for (std::atomic<int> turn = 0; turn < turns; ++turn) {
    }
}

TEST_F(FaceStop, ATokenEndsAnOperation)
{
    as::result ended;
    as::scope readers;
    readers.spawn(note(receive_until_stopped(end_.stream, source_.get_token()), ended));
    EXPECT_EQ(readers.size(), 1U);
    source_.request_stop();
    readers.join();
    expect(ended, as::how::cancelled);
}

TEST_F(FaceStop, WhatComesLaterIsForTheNextReceive)
{
    as::result ended;
    as::scope readers;
    readers.spawn(note(receive_until_stopped(end_.stream, source_.get_token()), ended));
    source_.request_stop();
    readers.join();
    ASSERT_TRUE(end_.far_end.send("x", 1));
    expect(as::run(receive_until_stopped(end_.stream, {})), as::how::done, 1);
}

TEST_F(FaceStop, AStopThatHasComeLetsNothingBegin)
{
    ASSERT_TRUE(end_.far_end.send("x", 1));
    source_.request_stop();
    expect(as::run(receive_until_stopped(end_.stream, source_.get_token())), as::how::cancelled);
    expect(as::run(receive_until_stopped(end_.stream, {})), as::how::done, 1);
}

TEST_F(FaceStop, OnlyTheOneThatItWasMeantFor)
{
    const auto both = [](as::stream& on, std::stop_token token) -> as::task<> {
        char rooms[2];
        const auto [first, second] = co_await as::when_all(
            on.receive_exactly(as::bytes(&rooms[0], 1), as::within(deadline)).stopped_by(std::move(token)),
            on.receive_exactly(as::bytes(&rooms[1], 1), as::within(deadline)));
        expect(first, as::how::cancelled);
        expect(second, as::how::done, 1);
    };
    as::scope readers;
    readers.spawn(both(end_.stream, source_.get_token()));
    source_.request_stop();
    ASSERT_TRUE(end_.far_end.send("x", 1));
    readers.join();
}

TEST_F(FaceStop, RegistersWhatWaitsAndNothingElse)
{
    counted_source source;
    const auto work = [](as::stream& on, counted_source& stops) -> as::task<> {
        char room[1];
        expect(co_await on.receive(as::bytes()).stopped_by(stops.get_token()), as::how::invalid);
        EXPECT_EQ(stops.registrations, 0) << "it was refused";
        expect(co_await on.receive(room, as::within(deadline)).stopped_by(stops.get_token()), as::how::done, 1);
        EXPECT_EQ(stops.registrations, 1);
        EXPECT_EQ(stops.registered(), 0U);
    };
    as::scope readers;
    readers.spawn(work(end_.stream, source));
    EXPECT_EQ(source.registered(), 1U);
    ASSERT_TRUE(end_.far_end.send("x", 1));
    readers.join();
}

TEST_F(FaceStop, AnyTokenEndsATaskWithAllThatItWaitsFor)
{
    counted_source source;
    const auto inner = [](as::stream& on) -> as::task<as::result> {
        char room[1];
        co_return (co_await on.receive(room)).outcome();
    };
    const auto outer = [](as::stream& on, auto called, counted_source& stops, as::result& result) -> as::task<> {
        result = co_await called(on).stopped_by(stops.get_token());
    };
    as::result ended;
    as::scope readers;
    readers.spawn(outer(end_.stream, inner, source, ended));
    source.request_stop();
    readers.join();
    expect(ended, as::how::cancelled);
    EXPECT_EQ(source.registered(), 0U);
}

TEST_F(FaceStop, ATaskThatWasStoppedGoesOnOutside)
{
    const auto inner = [](as::stream& on, as::engine& engine) -> as::task<as::result> {
        char room[1];
        expect(co_await on.receive(room), as::how::cancelled);
        expect(co_await as::timer(engine, as::within(0s)), as::how::cancelled); // and everything else, too
        co_return as::how::done;
    };
    const auto outer = [](as::stream& on, as::engine& engine, auto called, std::stop_token token) -> as::task<> {
        expect(co_await called(on, engine).stopped_by(token), as::how::done);
        expect(co_await as::timer(engine, as::within(0s)), as::how::done);
    };
    as::scope readers;
    readers.spawn(outer(end_.stream, engine_, inner, source_.get_token()));
    source_.request_stop();
    readers.join();
}

TEST_F(FaceStop, AShieldedTaskIsNotStopped)
{
    const auto inner = [](as::stream& on) -> as::task<as::result> {
        char room[1];
        co_return (co_await on.receive(room, as::within(deadline))).outcome();
    };
    const auto outer = [](as::stream& on, auto called) -> as::task<> {
        expect(co_await called(on).shielded(), as::how::done, 1);
        char room[1];
        expect(co_await on.receive(room), as::how::cancelled);
    };
    as::scope readers;
    readers.spawn(outer(end_.stream, inner));
    readers.stop();
    EXPECT_EQ(readers.size(), 1U);
    ASSERT_TRUE(end_.far_end.send("x", 1));
    readers.join();
}

// A stop at each moment: before the operation is started, while it is, while it ends. One of the two comes first, and
// no byte is lost whichever it is.
TEST_F(FaceStop, FromAnotherThreadAtEachStep)
{
    constexpr int rounds = 300;
    const auto one = [](as::stream& on, std::stop_token token, as::result& ended) -> as::task<> {
        char room[1];
        ended = (co_await on.receive(room, as::within(deadline)).stopped_by(std::move(token))).outcome();
    };
    int done = 0;
    for (int i = 0; i < rounds; ++i) {
        std::stop_source source;
        as::result ended;
        as::scope readers;
        std::atomic<bool> go = false;
        std::thread stopper([&] {
            while (!go) {
            }
            wait_a_little(i * 10);
            source.request_stop();
        });
        if (i % 3 != 0) {
            ASSERT_TRUE(end_.far_end.send("x", 1));
        }
        go = true;
        readers.spawn(one(end_.stream, source.get_token(), ended));
        readers.join();
        stopper.join();
        ASSERT_TRUE(ended == as::how::done || ended == as::how::cancelled) << ended.message().c_str();
        done += ended ? 1 : 0;
    }
    end_.far_end.shut_down_sending();
    const auto rest = [](as::stream& on) -> as::task<std::size_t> {
        std::size_t count = 0;
        char room[1];
        while (co_await on.receive(room, as::within(deadline))) {
            ++count;
        }
        co_return count;
    };
    EXPECT_EQ(static_cast<std::size_t>(done) + as::run(rest(end_.stream)),
              static_cast<std::size_t>(rounds - (rounds + 2) / 3));
}

TEST_F(FaceStop, OfAScopeFromAnotherThreadAtEachStep)
{
    constexpr int rounds = 200;
    const auto talk = [](as::engine& engine, as::stream& on) -> as::task<> {
        char room[1];
        while (co_await as::timer(engine, as::within(0s)) && !co_await on.receive(room, as::within(0s))) {
        }
    };
    for (int i = 0; i < rounds; ++i) {
        as::scope talkers;
        talkers.spawn(talk(engine_, end_.stream));
        wait_a_little(i * 20);
        talkers.stop();
        talkers.join();
    }
}

} // namespace
