// core/life/lifecycle.hpp, one step at a time.
#include "core/life/lifecycle.hpp"

#include <atomic>
#include <memory>

#include <gtest/gtest.h>

#include "support/test_platform.hpp"
#include "support/waiting.hpp"

namespace {

using async_socket::core::lifecycle;
using async_socket::test::background;
using async_socket::test::early_returns;
using async_socket::test::event;
using async_socket::test::wait_until_blocked;

void open(lifecycle& life)
{
    ASSERT_TRUE(life.begin_open());
    life.end_open().end();
}

void close(lifecycle& life)
{
    ASSERT_TRUE(life.begin_close());
    life.wait_for_calls();
    life.end_close();
}

bool a_call_gets_in(lifecycle& life)
{
    return lifecycle::visit(life).is_inside();
}

TEST(Lifecycle, BeginsClosed)
{
    lifecycle life;
    EXPECT_FALSE(life.is_open());
    EXPECT_FALSE(a_call_gets_in(life));
    EXPECT_FALSE(life.begin_close());
    EXPECT_TRUE(life.retire());
}

TEST(Lifecycle, OpensByWayOfOpening)
{
    lifecycle life;
    ASSERT_TRUE(life.begin_open());
    EXPECT_FALSE(life.is_open());
    EXPECT_FALSE(a_call_gets_in(life));
    EXPECT_FALSE(life.begin_open());
    EXPECT_FALSE(life.begin_close());
    life.end_open().end();
    EXPECT_TRUE(life.is_open());
    EXPECT_TRUE(a_call_gets_in(life));
}

TEST(Lifecycle, AFailedOpenIsClosedAgain)
{
    lifecycle life;
    ASSERT_TRUE(life.begin_open());
    life.abandon_open();
    EXPECT_FALSE(life.is_open());
    EXPECT_FALSE(a_call_gets_in(life));
    EXPECT_FALSE(life.begin_close());
    open(life);
    EXPECT_TRUE(life.is_open());
}

TEST(Lifecycle, AnOpenOneCannotBeOpened)
{
    lifecycle life;
    open(life);
    EXPECT_FALSE(life.begin_open());
    EXPECT_TRUE(life.is_open());
}

TEST(Lifecycle, AClosingOneRefusesEverything)
{
    lifecycle life;
    open(life);
    ASSERT_TRUE(life.begin_close());
    EXPECT_FALSE(life.is_open());
    EXPECT_FALSE(a_call_gets_in(life));
    EXPECT_FALSE(life.begin_open());
    EXPECT_FALSE(life.begin_close());
    life.wait_for_calls();
    life.end_close();
}

TEST(Lifecycle, AClosedOneCanBeOpenedAgain)
{
    lifecycle life;
    for (int round = 0; round < 10; ++round) {
        open(life);
        EXPECT_TRUE(a_call_gets_in(life));
        close(life);
        EXPECT_FALSE(a_call_gets_in(life));
    }
    EXPECT_TRUE(life.retire());
}

TEST(Lifecycle, AnOpenOneCannotBeRetired)
{
    lifecycle life;
    open(life);
    EXPECT_FALSE(life.retire());
    EXPECT_TRUE(life.is_open());
    close(life);
    EXPECT_TRUE(life.retire());
}

TEST(Lifecycle, ARetiredOneRefusesEverything)
{
    lifecycle life;
    ASSERT_TRUE(life.retire());
    EXPECT_FALSE(life.is_open());
    EXPECT_FALSE(life.begin_open());
    EXPECT_FALSE(a_call_gets_in(life));
    EXPECT_FALSE(life.begin_close());
}

TEST(Lifecycle, AnOpenerIsInsideUntilItsVisitEnds)
{
    lifecycle life;
    ASSERT_TRUE(life.begin_open());
    EXPECT_FALSE(life.wait_for_calls(0));
    {
        const lifecycle::visit opener = life.end_open();
        EXPECT_TRUE(opener.is_inside());
        EXPECT_FALSE(life.wait_for_calls(0));
    }
    EXPECT_TRUE(life.wait_for_calls(0));
}

TEST(Lifecycle, AnOpenerThatFailsIsNotInsideAnyMore)
{
    lifecycle life;
    ASSERT_TRUE(life.begin_open());
    life.abandon_open();
    EXPECT_TRUE(life.wait_for_calls(0));
}

TEST(Lifecycle, ACloserDoesNotWaitForItself)
{
    lifecycle life;
    open(life);
    ASSERT_TRUE(life.begin_close());
    EXPECT_TRUE(life.wait_for_calls(0));
    life.end_close();
}

TEST(Lifecycle, AVisitThatEndsTwiceLeavesOnce)
{
    lifecycle life;
    open(life);
    const lifecycle::visit other(life);
    {
        lifecycle::visit visit(life);
        visit.end();
        visit.end();
    }
    EXPECT_FALSE(life.wait_for_calls(1)); // the other one
}

TEST(Lifecycle, ARefusedCallIsNotInside)
{
    lifecycle life;
    lifecycle::visit closed(life);
    EXPECT_FALSE(closed.is_inside());
    EXPECT_TRUE(life.wait_for_calls(0));
    open(life);
    ASSERT_TRUE(life.begin_close());
    const lifecycle::visit closing(life);
    EXPECT_FALSE(closing.is_inside());
    closed.end(); // has nothing to leave
    EXPECT_TRUE(life.wait_for_calls(0));
    life.end_close();
}

TEST(Lifecycle, ManyCallsInsideDoNotReachTheState)
{
    lifecycle life;
    open(life);
    constexpr int calls = 1000;
    std::unique_ptr<lifecycle::visit> inside[calls];
    for (auto& visit : inside) {
        visit = std::make_unique<lifecycle::visit>(life);
        EXPECT_TRUE(visit->is_inside());
    }
    EXPECT_TRUE(life.is_open());
    for (auto& visit : inside) {
        EXPECT_FALSE(life.wait_for_calls(0));
        visit.reset();
    }
    EXPECT_TRUE(life.wait_for_calls(0));
}

TEST(Lifecycle, CloserWaitsForACallThatIsInside)
{
    lifecycle life;
    open(life);
    auto first = std::make_unique<lifecycle::visit>(life);
    auto second = std::make_unique<lifecycle::visit>(life);
    std::atomic<bool> all_left{false};
    bool closed_after_all_left = false;
    background closer([&] {
        ASSERT_TRUE(life.begin_close());
        life.wait_for_calls();
        closed_after_all_left = all_left;
        life.end_close();
    });
    ASSERT_TRUE(wait_until_blocked(1));
    first.reset();
    ASSERT_TRUE(wait_until_blocked(1));
    all_left = true;
    second.reset();
    ASSERT_TRUE(closer.finished());
    EXPECT_TRUE(closed_after_all_left);
    EXPECT_TRUE(life.retire());
}

TEST(Lifecycle, RetiringWaitsForTheCloser)
{
    lifecycle life;
    open(life);
    std::atomic<bool> closed{false};
    bool retired_after_close = false;
    ASSERT_TRUE(life.begin_close());
    background destroyer([&] {
        ASSERT_TRUE(life.retire());
        retired_after_close = closed;
    });
    ASSERT_TRUE(wait_until_blocked(1));
    life.wait_for_calls();
    closed = true;
    life.end_close();
    ASSERT_TRUE(destroyer.finished());
    EXPECT_TRUE(retired_after_close);
}

TEST(Lifecycle, RetiringWaitsForTheOpenerAndThenAsksForAClose)
{
    lifecycle life;
    std::atomic<bool> opened{false};
    bool answered_after_open = false;
    bool retired = true;
    ASSERT_TRUE(life.begin_open());
    background destroyer([&] {
        retired = life.retire();
        answered_after_open = opened;
    });
    ASSERT_TRUE(wait_until_blocked(1));
    opened = true;
    life.end_open().end();
    ASSERT_TRUE(destroyer.finished());
    EXPECT_TRUE(answered_after_open);
    EXPECT_FALSE(retired); // it is open: somebody has to close it first
    close(life);
    EXPECT_TRUE(life.retire());
}

TEST(Lifecycle, RetiringWaitsForAnOpenThatFails)
{
    lifecycle life;
    ASSERT_TRUE(life.begin_open());
    bool retired = false;
    background destroyer([&] { retired = life.retire(); });
    ASSERT_TRUE(wait_until_blocked(1));
    life.abandon_open();
    ASSERT_TRUE(destroyer.finished());
    EXPECT_TRUE(retired);
}

// A call that came too late counts until it has taken itself back, which may be after the close.
TEST(Lifecycle, TheLastCallThatLeavesWakesTheDestroyer)
{
    lifecycle life;
    ASSERT_TRUE(life.begin_open());
    lifecycle::visit visit = life.end_open();
    ASSERT_TRUE(life.begin_close());
    life.end_close();
    std::atomic<bool> left{false};
    bool retired_after_leaving = false;
    background destroyer([&] {
        ASSERT_TRUE(life.retire());
        retired_after_leaving = left;
    });
    ASSERT_TRUE(wait_until_blocked(1));
    left = true;
    visit.end();
    ASSERT_TRUE(destroyer.finished());
    EXPECT_TRUE(retired_after_leaving);
}

TEST(Lifecycle, RefusedCallsDoNotKeepADestroyerWaiting)
{
    lifecycle life;
    const lifecycle::visit refused(life);
    EXPECT_TRUE(life.retire());
}

TEST(Lifecycle, AWaitWithATimeoutGivesUp)
{
    lifecycle life;
    open(life);
    auto inside = std::make_unique<lifecycle::visit>(life);
    EXPECT_FALSE(life.wait_for_calls(0));
    EXPECT_FALSE(life.wait_for_calls(5));
    inside.reset();
    EXPECT_TRUE(life.wait_for_calls(5));
}

TEST(Lifecycle, AWaitWithATimeoutEndsWhenTheLastCallLeaves)
{
    lifecycle life;
    open(life);
    auto inside = std::make_unique<lifecycle::visit>(life);
    ASSERT_TRUE(life.begin_close());
    bool empty = false;
    background waiter([&] { empty = life.wait_for_calls(3600 * 1000); });
    ASSERT_TRUE(wait_until_blocked(1));
    inside.reset();
    ASSERT_TRUE(waiter.finished());
    EXPECT_TRUE(empty);
    life.end_close();
}

TEST(Lifecycle, WaitsOutliveEarlyReturnsOfTheSystem)
{
    const early_returns early;
    lifecycle life;
    open(life);
    auto inside = std::make_unique<lifecycle::visit>(life);
    std::atomic<bool> left{false};
    bool closed_after_leaving = false;
    event closing;
    background closer([&] {
        ASSERT_TRUE(life.begin_close());
        closing.set();
        life.wait_for_calls();
        closed_after_leaving = left;
        life.end_close();
    });
    ASSERT_TRUE(closing.wait());
    bool retired = false;
    background destroyer([&] { retired = life.retire(); });
    left = true;
    inside.reset();
    ASSERT_TRUE(closer.finished());
    ASSERT_TRUE(destroyer.finished());
    EXPECT_TRUE(closed_after_leaving);
    EXPECT_TRUE(retired);
}

// Whatever was under way when the process was forked, the threads that were about it are not here.
TEST(Lifecycle, OfAnotherProcessRefusesAndWaitsForNobody)
{
    lifecycle closed;
    lifecycle opened;
    lifecycle opening;
    lifecycle closing;
    open(opened);
    lifecycle::visit in_opened(opened);
    ASSERT_TRUE(opening.begin_open());
    open(closing);
    lifecycle::visit in_closing(closing);
    ASSERT_TRUE(closing.begin_close());
    async_socket::core::process_mark::begin_child();
    for (lifecycle* const each : {&closed, &opened, &opening, &closing}) {
        EXPECT_TRUE(each->is_inherited());
        EXPECT_FALSE(each->is_open());
        EXPECT_FALSE(a_call_gets_in(*each));
        EXPECT_FALSE(each->begin_open());
        EXPECT_EQ(each->begin_close(), each == &opened); // so that its connection is given back once
        each->wait_for_calls();
        EXPECT_TRUE(each->retire());
    }
    lifecycle made_here;
    EXPECT_FALSE(made_here.is_inherited());
    open(made_here);
    EXPECT_TRUE(a_call_gets_in(made_here));
}

} // namespace
