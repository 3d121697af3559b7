// core/time/alarm_clock.hpp, operation_alarm.hpp and timer.hpp, over a fake backend that notes what is to be ended.
#include "core/time/alarm_clock.hpp"

#include <array>
#include <atomic>
#include <memory>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "core/engine/timer.hpp"
#include "core/platform/clock.hpp"
#include "support/fake_backend.hpp"
#include "support/test_platform.hpp"
#include "support/waiting.hpp"

namespace {

using namespace async_socket;
using namespace async_socket::test;
using core::ending;

constexpr std::uint64_t ns_per_s = 1'000'000'000;

std::uint64_t in_s(std::uint64_t seconds)
{
    return backend::now_ns() + seconds * ns_per_s;
}

// An operation in a caller's memory, as one of a connection is.
class timed_operation {
public:
    explicit timed_operation(std::uint64_t deadline)
    {
        core::operation asked{nullptr, nullptr, 0, {}, core::operation_kind::receive};
        core::operation_alarm::set(memory_, asked, deadline);
        new (&memory_) core::operation(asked);
    }
    timed_operation(const timed_operation&) = delete;
    timed_operation& operator=(const timed_operation&) = delete;

    [[nodiscard]] core::operation& get() { return core::operation::of(&memory_); }
    [[nodiscard]] fake_backend::cancel timed_out() { return {&get(), ending::timed_out}; }

private:
    as_operation memory_{};
};

class AlarmClock : public testing::Test {
protected:
    fake_backend backend_;
    core::alarm_clock clock_;
};

TEST_F(AlarmClock, AnOperationWithoutADeadlineHasNoAlarm)
{
    timed_operation without(AS_NEVER);
    EXPECT_FALSE(without.get().is_timed);
    EXPECT_FALSE(core::alarm_clock::disarm(without.get()));
    timed_operation ended_at_once(in_s(1));
    EXPECT_TRUE(ended_at_once.get().is_timed);
    EXPECT_FALSE(core::alarm_clock::disarm(ended_at_once.get()));
}

TEST_F(AlarmClock, FindsTheOperationOfAnAlarm)
{
    timed_operation timed(7);
    core::operation_alarm& alarm = core::operation_alarm::of(timed.get());
    EXPECT_EQ(&alarm.whose(), &timed.get());
    EXPECT_EQ(alarm.time_ns(), 7U);
}

TEST_F(AlarmClock, TellsWhenItsNextTimeGetsEarlier)
{
    timed_operation late(in_s(1000));
    timed_operation later(in_s(2000));
    timed_operation early(in_s(100)); // far enough that none of it comes due in a test that is held up
    EXPECT_EQ(clock_.next(), AS_NEVER);
    EXPECT_TRUE(clock_.arm(late.get()));
    const std::uint64_t first = clock_.next();
    EXPECT_LT(first, in_s(1001));
    EXPECT_FALSE(clock_.arm(later.get()));
    EXPECT_EQ(clock_.next(), first);
    EXPECT_TRUE(clock_.arm(early.get()));
    EXPECT_LT(clock_.next(), in_s(101));
    for (timed_operation* const each : {&late, &later, &early}) {
        EXPECT_TRUE(core::alarm_clock::disarm(each->get()));
    }
}

// Whoever sleeps may be woken too early once, but not again and again.
TEST_F(AlarmClock, ForgetsWhatWasDisarmedWhenItIsLookedAt)
{
    timed_operation early(in_s(1));
    timed_operation late(in_s(100));
    EXPECT_TRUE(clock_.arm(early.get()));
    const std::uint64_t first = clock_.next();
    EXPECT_TRUE(core::alarm_clock::disarm(early.get()));
    EXPECT_FALSE(core::alarm_clock::disarm(early.get()));
    EXPECT_EQ(clock_.next(), first);
    EXPECT_FALSE(clock_.arm(late.get()));
    EXPECT_TRUE(core::alarm_clock::disarm(late.get()));
    EXPECT_EQ(clock_.look(), AS_NEVER);
    EXPECT_EQ(clock_.next(), AS_NEVER);
    clock_.ring(10);
    EXPECT_TRUE(backend_.cancelled.empty());
}

TEST_F(AlarmClock, EndsWhatIsDueAndNothingElse)
{
    timed_operation over(1);
    timed_operation disarmed(2);
    timed_operation just_over(backend::now_ns());
    timed_operation later(in_s(100));
    for (timed_operation* const each : {&over, &disarmed, &just_over, &later}) {
        (void)clock_.arm(each->get());
    }
    EXPECT_TRUE(core::alarm_clock::disarm(disarmed.get()));
    EXPECT_TRUE(wait_until([&] {
        clock_.ring(10);
        return backend_.cancelled.size() >= 2;
    }));
    EXPECT_EQ(backend_.cancelled, (std::vector{over.timed_out(), just_over.timed_out()}));
    EXPECT_FALSE(core::alarm_clock::disarm(over.get()));
    EXPECT_GT(clock_.next(), backend::now_ns());
    EXPECT_TRUE(core::alarm_clock::disarm(later.get()));
}

TEST_F(AlarmClock, RingsForSoManyAtATime)
{
    std::vector<std::unique_ptr<timed_operation>> all;
    for (int i = 0; i < 5; ++i) {
        (void)clock_.arm(all.emplace_back(std::make_unique<timed_operation>(1))->get());
    }
    clock_.ring(2);
    EXPECT_EQ(backend_.cancelled.size(), 2U);
    EXPECT_EQ(clock_.next(), 0U); // there are more
    clock_.ring(2);
    clock_.ring(2);
    EXPECT_EQ(backend_.cancelled.size(), 5U);
    EXPECT_EQ(clock_.next(), AS_NEVER);
}

// Its callback cannot begin while it is being ended, and may be called then.
TEST_F(AlarmClock, HoldsWhatItEnds)
{
    timed_operation due(1);
    std::atomic<bool> may_call_back{false};
    std::unique_ptr<background> callback;
    backend_.inside_cancel = [&](core::operation& held) {
        callback = std::make_unique<background>([&] {
            held.holds.end();
            may_call_back = true;
        });
        EXPECT_TRUE(wait_until_blocked(1));
        EXPECT_FALSE(may_call_back);
    };
    (void)clock_.arm(due.get());
    clock_.ring(1);
    callback.reset();
    EXPECT_TRUE(may_call_back);
}

// The first that is armed is not waited for in vain, however long nothing has been.
TEST_F(AlarmClock, KnowsTheTimeWhenTheFirstIsArmed)
{
    timed_operation first(in_s(1));
    EXPECT_TRUE(clock_.arm(first.get()));
    EXPECT_GE(clock_.next(), in_s(0));
    EXPECT_TRUE(core::alarm_clock::disarm(first.get()));
}

// Each is disarmed or ended, and never both, whoever comes first.
TEST_F(AlarmClock, DisarmsAndRingsAtTheSameTime)
{
    constexpr std::size_t threads = 3;
    constexpr std::size_t each = 4000;
    std::atomic<std::uint32_t> disarmed{0};
    std::atomic<std::size_t> at_work{threads};
    const auto arm_and_disarm = [&](std::size_t number) {
        for (std::size_t i = 0; i < each; ++i) {
            timed_operation timed(backend::now_ns() + (i * 7919 + number) % 3'000'000);
            (void)clock_.arm(timed.get());
            disarmed += core::alarm_clock::disarm(timed.get()) ? 1U : 0U;
            timed.get().holds.end(); // or it may not go
        }
        --at_work;
    };
    {
        std::vector<std::unique_ptr<background>> all;
        for (std::size_t i = 0; i < threads; ++i) {
            all.push_back(std::make_unique<background>([&, i] { arm_and_disarm(i); }));
        }
        while (at_work != 0) {
            clock_.ring(8);
        }
    }
    EXPECT_EQ(disarmed + backend_.cancelled.size(), threads * each);
}

// ---- timers

struct timer_probe {
    core::refusal start(core::execution_engine& on, std::uint64_t deadline)
    {
        return core::timer::start(&operation, on, deadline);
    }
    void cancel()
    {
        core::operation& cancelled = core::operation::of(&operation);
        ASSERT_TRUE(cancelled.holds.take());
        core::stop_operation(cancelled, ending::cancelled);
        cancelled.holds.drop();
    }
    [[nodiscard]] bool wait()
    {
        return wait_until([this] { return ended.load() != 0; });
    }

    static void on_end(as_operation* operation, as_outcome outcome)
    {
        auto& self = *static_cast<timer_probe*>(operation->context);
        self.outcome = outcome;
        ++self.ended;
    }

    as_operation operation{on_end, this, {}};
    as_outcome outcome{};
    std::atomic<int> ended{0};
};

TEST_F(AlarmClock, ATimerIsDoneWhenItsTimeHasCome)
{
    engine_reference engine;
    timer_probe over;
    timer_probe later;
    EXPECT_TRUE(over.start(*engine, 0).is_none());
    EXPECT_TRUE(later.start(*engine, in_s(100)).is_none());
    EXPECT_EQ((*engine).release_and_wait(true), core::engine_end::not_last); // they keep it
    backend_.clock.ring(10);
    ASSERT_TRUE(over.wait());
    EXPECT_EQ(over.outcome.how, AS_DONE);
    EXPECT_EQ(over.outcome.code, 0U);
    EXPECT_EQ(later.ended, 0);
    later.cancel();
    ASSERT_TRUE(later.wait());
    EXPECT_EQ(later.outcome.how, AS_CANCELLED);
}

TEST_F(AlarmClock, ATimerForEverEndsByACancelOnly)
{
    engine_reference engine;
    timer_probe never;
    EXPECT_TRUE(never.start(*engine, AS_NEVER).is_none());
    backend_.clock.ring(10);
    EXPECT_EQ(never.ended, 0);
    never.cancel();
    ASSERT_TRUE(never.wait());
    EXPECT_EQ(never.outcome.how, AS_CANCELLED);
    EXPECT_EQ(never.ended, 1);
}

TEST_F(AlarmClock, ATimerIsRefusedWithoutRoom)
{
    engine_reference engine;
    timer_probe timer;
    backend_.refuse_posts = true;
    EXPECT_EQ(timer.start(*engine, 0).how, ending::no_room);
    backend_.refuse_posts = false;
    backend_.refuse_alarms = true;
    EXPECT_EQ(timer.start(*engine, 0).how, ending::no_room);
    EXPECT_FALSE(core::operation::of(&timer.operation).holds.take()); // a cancel leaves it alone
    backend_.clock.ring(1);
    EXPECT_EQ(timer.ended, 0);
}

} // namespace
