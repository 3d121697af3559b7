// core/time/timing_wheel.hpp: when alarms come out, in which order, and how often they are touched on the way.
#include "core/time/timing_wheel.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <random>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace {

using async_socket::core::alarm;
using async_socket::core::timing_wheel;

constexpr std::uint64_t wheel_tick = timing_wheel::tick_ns;
constexpr std::uint64_t end_of_time = UINT64_MAX;

// The last nanosecond of the tick of `ns`, in which an alarm for `ns` is due.
constexpr std::uint64_t due_time_of(std::uint64_t ns)
{
    return ns - ns % wheel_tick + (wheel_tick - 1);
}

// Times at which something could be wrong by one: where a digit of some level is carried, and the next tick and
// nanosecond on either side.
std::vector<std::uint64_t> borders()
{
    std::vector<std::uint64_t> all;
    for (unsigned bit = 20; bit < 64; ++bit) {
        const std::uint64_t border = std::uint64_t{1} << bit;
        for (const std::uint64_t distance : {std::uint64_t{0}, std::uint64_t{1}, wheel_tick - 1, wheel_tick}) {
            all.push_back(border - distance);
            all.push_back(border + distance);
            all.push_back(end_of_time - border + distance);
        }
    }
    all.push_back(end_of_time - 1);
    std::erase(all, AS_NEVER);
    return all;
}

class TimingWheel : public testing::Test {
protected:
    // Names of the alarms that are due, in their order.
    std::string take_all()
    {
        std::string names;
        while (const alarm* const taken = wheel_.take_due()) {
            names += name_of(*taken);
        }
        return names;
    }
    std::string advance(std::uint64_t now_ns)
    {
        (void)wheel_.advance(now_ns);
        return take_all();
    }
    void arm(char name, std::uint64_t due_ns) { wheel_.arm(named(name), due_ns); }
    void disarm(char name) { wheel_.disarm(named(name)); }
    alarm& named(char name) { return alarms_[static_cast<std::size_t>(name - 'a')]; }
    char name_of(const alarm& one) const { return static_cast<char>('a' + (&one - alarms_.data())); }

    timing_wheel wheel_;
    std::array<alarm, 26> alarms_;
};

TEST_F(TimingWheel, ComesOutWithItsTickNeitherEarlierNorLater)
{
    for (const std::uint64_t start :
         {std::uint64_t{0}, 7 * wheel_tick + 5, 64 * wheel_tick - 1, std::uint64_t{1} << 50}) {
        for (const std::uint64_t due_ns : borders()) {
            if (due_ns <= start) {
                continue;
            }
            SCOPED_TRACE(std::to_string(start) + " to " + std::to_string(due_ns));
            timing_wheel wheel;
            alarm one;
            (void)wheel.advance(start);
            wheel.arm(one, due_ns);
            const std::uint64_t due = due_time_of(due_ns);
            ASSERT_GE(due, due_ns);
            ASSERT_LT(due - due_ns, wheel_tick);
            (void)wheel.advance(due - 1);
            ASSERT_EQ(wheel.take_due(), nullptr);
            ASSERT_TRUE(one.is_armed());
            (void)wheel.advance(due);
            ASSERT_EQ(wheel.take_due(), &one);
            ASSERT_FALSE(one.is_armed());
            ASSERT_EQ(wheel.next(), AS_NEVER);
        }
    }
}

// An owner who sleeps until next() is up in time, and not often.
TEST_F(TimingWheel, AnOwnerWhoSleepsIsUpInTime)
{
    for (const std::uint64_t due_ns : borders()) {
        SCOPED_TRACE(due_ns);
        timing_wheel wheel;
        alarm one;
        wheel.arm(one, due_ns);
        std::uint32_t times_up = 0;
        std::uint64_t now = 0;
        while (one.is_armed()) {
            ASSERT_LE(now, wheel.next());
            now = wheel.next();
            ASSERT_LE(++times_up, timing_wheel::levels);
            (void)wheel.advance(now);
            (void)wheel.take_due();
        }
        ASSERT_EQ(now, due_time_of(due_ns));
    }
}

TEST_F(TimingWheel, NeverIsNotArmed)
{
    EXPECT_EQ(wheel_.next(), AS_NEVER);
    arm('a', AS_NEVER);
    EXPECT_FALSE(named('a').is_armed());
    arm('a', 5);
    arm('a', AS_NEVER);
    EXPECT_FALSE(named('a').is_armed());
    EXPECT_EQ(wheel_.next(), AS_NEVER);
    EXPECT_EQ(advance(end_of_time), "");
}

TEST_F(TimingWheel, AtTheEndOfTimeAllComeOut)
{
    arm('a', end_of_time - 1);
    arm('b', 3);
    arm('c', std::uint64_t{1} << 63);
    EXPECT_EQ(advance(end_of_time - 1), "bc");
    EXPECT_EQ(wheel_.next(), end_of_time);
    EXPECT_EQ(advance(end_of_time), "a");
    arm('d', end_of_time - 1); // nothing is left
    EXPECT_EQ(wheel_.next(), 0U);
    EXPECT_EQ(advance(end_of_time), "d");
}

TEST_F(TimingWheel, ATickAfterTheOtherAndInEachTheFirstArmedFirst)
{
    const std::uint64_t far = 5000 * wheel_tick; // two levels up
    arm('d', far + wheel_tick);
    arm('a', far + 9);
    arm('b', far + 3);
    arm('f', far + 100 * wheel_tick);
    EXPECT_EQ(advance(far - 1), ""); // all are divided
    arm('c', far);
    arm('e', far + wheel_tick);
    EXPECT_EQ(advance(far + 200 * wheel_tick), "abcdef");
}

TEST_F(TimingWheel, ArmedAgainItMoves)
{
    const std::uint64_t later = 70 * wheel_tick;
    arm('a', 3 * wheel_tick);
    arm('b', 3 * wheel_tick);
    arm('a', later);
    EXPECT_EQ(advance(later - 1), "b");
    arm('a', later); // where it is
    EXPECT_EQ(advance(later + wheel_tick), "a");
    EXPECT_EQ(advance(end_of_time), "");
}

TEST_F(TimingWheel, DisarmedItDoesNotComeOut)
{
    for (const char name : std::string("abcd")) {
        arm(name, 4 * wheel_tick);
    }
    disarm('b'); // in the middle
    disarm('a'); // the first
    disarm('d'); // the last
    disarm('d');
    disarm('e'); // that never was armed
    EXPECT_EQ(advance(10 * wheel_tick), "c");
    disarm('c'); // that is out
    arm('b', 20 * wheel_tick);
    disarm('b'); // the only one
    EXPECT_EQ(wheel_.next(), AS_NEVER);
}

TEST_F(TimingWheel, ThePresentAgainDoesNothingAndThePastNeither)
{
    const std::uint64_t now = 1000 * wheel_tick;
    EXPECT_EQ(advance(now), "");
    arm('a', now + 2 * wheel_tick);
    const std::uint64_t next = wheel_.next();
    EXPECT_EQ(advance(now), "");
    EXPECT_EQ(advance(now - 500 * wheel_tick), "");
    EXPECT_EQ(advance(0), "");
    EXPECT_EQ(wheel_.next(), next);
    EXPECT_EQ(advance(next), "a");
    arm('b', 0); // over, but a time before the present gives nothing out
    EXPECT_EQ(advance(now), "");
    EXPECT_EQ(advance(next), "b");
}

TEST_F(TimingWheel, WhatIsOverWhenItIsArmedComesOutWithTheNextAdvance)
{
    const std::uint64_t now = 1000 * wheel_tick - 1;
    EXPECT_EQ(advance(now), "");
    arm('b', now - 5);
    arm('c', 0);
    arm('a', now + 1);
    EXPECT_EQ(wheel_.next(), 0U);
    EXPECT_EQ(advance(now), "bc"); // the same time again is enough
    EXPECT_EQ(wheel_.next(), now + wheel_tick);
    arm('d', now);
    EXPECT_EQ(advance(now + wheel_tick), "da"); // late ones first
}

// The owner does to others what it likes between two that it takes.
TEST_F(TimingWheel, WhatIsDueMayBeDisarmedAndArmedByWhoWasTakenBefore)
{
    const std::uint64_t now = 10 * wheel_tick;
    for (const char name : std::string("abcdef")) {
        arm(name, 3 * wheel_tick);
    }
    (void)wheel_.advance(now);
    EXPECT_EQ(wheel_.next(), 0U);
    EXPECT_EQ(wheel_.take_due(), &named('a'));
    disarm('b');
    arm('c', now + wheel_tick); // not due any more
    arm('d', AS_NEVER);
    arm('a', 0);                // the same again: a loop that takes all ends nevertheless
    arm('g', now - wheel_tick); // so does this
    EXPECT_TRUE(named('f').is_armed());
    disarm('f');
    EXPECT_EQ(take_all(), "e");
    EXPECT_EQ(wheel_.next(), 0U);
    EXPECT_EQ(advance(now), "ag");
    EXPECT_EQ(advance(now + 2 * wheel_tick), "c");
}

TEST_F(TimingWheel, WhatNobodyHasTakenStaysInFront)
{
    arm('a', wheel_tick);
    arm('b', 5 * wheel_tick);
    (void)wheel_.advance(3 * wheel_tick);
    arm('c', wheel_tick);
    EXPECT_EQ(advance(6 * wheel_tick), "acb");
}

// A year is 30 thousand million ticks, and the clock can say 584 years: one by one they would take hours.
TEST_F(TimingWheel, EmptyTimeIsPassedInOneStep)
{
    constexpr std::uint64_t hour = 3'600'000'000'000;
    constexpr std::uint64_t year = 365 * 24 * hour;
    EXPECT_EQ(wheel_.advance(year), 0U);
    arm('a', year + hour);
    arm('b', 3 * year);
    arm('c', 500 * year);
    EXPECT_LE(wheel_.advance(year + hour - 1), timing_wheel::levels);
    EXPECT_EQ(take_all(), "");
    EXPECT_EQ(advance(year + hour + wheel_tick), "a");
    EXPECT_LE(wheel_.advance(400 * year), 2 * timing_wheel::levels);
    EXPECT_EQ(take_all(), "b");
    EXPECT_EQ(advance(501 * year), "c");
}

// How many of them are not what they were before `change`.
template <typename Change>
std::size_t changed_alarms(const std::vector<alarm>& all, Change change)
{
    const auto* const bytes = reinterpret_cast<const unsigned char*>(all.data());
    const std::vector<unsigned char> before(bytes, bytes + all.size() * sizeof(alarm));
    change();
    std::size_t changed = 0;
    for (std::size_t i = 0; i < before.size(); i += sizeof(alarm)) {
        changed += std::memcmp(before.data() + i, bytes + i, sizeof(alarm)) != 0 ? 1U : 0U;
    }
    return changed;
}

TEST_F(TimingWheel, ArmingAndDisarmingTouchTheNeighboursOnly)
{
    std::vector<alarm> all(1000);
    for (alarm& each : all) {
        wheel_.arm(each, 100 * wheel_tick);
    }
    alarm& one = all[500];
    EXPECT_LE(changed_alarms(all, [&] { wheel_.disarm(one); }), 3U);
    EXPECT_EQ(changed_alarms(all, [&] { wheel_.disarm(one); }), 0U);
    EXPECT_LE(changed_alarms(all, [&] { wheel_.arm(one, 100 * wheel_tick); }), 3U);
    EXPECT_LE(changed_alarms(all, [&] { wheel_.arm(one, 101 * wheel_tick); }), 3U);
}

TEST_F(TimingWheel, AMillionThatAreDisarmedCostNothingAfterwards)
{
    std::vector<alarm> all(1'000'000);
    std::mt19937_64 random(1);
    arm('a', 50 * wheel_tick);
    for (alarm& each : all) {
        wheel_.arm(each, random() >> (random() % 44));
        wheel_.disarm(each);
    }
    EXPECT_EQ(wheel_.next(), due_time_of(50 * wheel_tick) - 50 * wheel_tick % (64 * wheel_tick) % wheel_tick);
    EXPECT_EQ(wheel_.advance(end_of_time), 1U); // 'a', which never was above the lowest level
}

TEST_F(TimingWheel, AMillionThatComeOutAreMovedOnceForEachLevelAtMost)
{
    std::vector<alarm> all(1'000'000);
    std::mt19937_64 random(2);
    for (alarm& each : all) {
        wheel_.arm(each, random() >> (1 + random() % 43));
    }
    std::uint64_t moves = 0;
    std::size_t taken = 0;
    for (std::uint64_t now = wheel_tick; taken < all.size(); now += now / 16) {
        moves += wheel_.advance(now);
        while (wheel_.take_due() != nullptr) {
            ++taken;
        }
    }
    EXPECT_LE(moves, timing_wheel::levels * all.size());
    EXPECT_EQ(wheel_.next(), AS_NEVER);
}

} // namespace
