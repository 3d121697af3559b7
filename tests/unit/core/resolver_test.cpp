// core/resolve/resolver.hpp, on threads that are real and a system that answers what the test says.
#include "core/resolve/resolver.hpp"

#include <deque>
#include <memory>

#include <gtest/gtest.h>

#include "core/common/process_mark.hpp"
#include "support/fake_backend.hpp"
#include "support/fake_names.hpp"
#include "support/lookup_probe.hpp"
#include "support/test_platform.hpp"

namespace {

using namespace async_socket;
using namespace async_socket::test;
using core::ending;

using strings = std::vector<std::string>;

constexpr std::uint32_t for_long_ms = 1'000'000;

class Resolver : public testing::Test {
protected:
    void expect_inside(int count)
    {
        ASSERT_TRUE(wait_until([&] { return names.inside() == count; })) << names.inside();
    }

    fake_backend process; // which does not end, but where a test says so
    fake_names names;
};

TEST_F(Resolver, TellsTheAddressesOfAName)
{
    const owned_resolver here;
    lookup_probe known;
    ASSERT_TRUE(known.start(*here, {"known.test", "80"}));
    ASSERT_TRUE(known.wait());
    EXPECT_EQ(known.how(), ending::done);
    EXPECT_EQ(known.addresses(), strings{"known.test"});
    EXPECT_EQ(names.asked(), strings{"known.test 80"});
}

TEST_F(Resolver, TellsWhyThereAreNone)
{
    names.say("unknown.test", {ending::no_such_name, 0, 11});
    names.say("busy.test", {ending::failed, 0, 12});
    const owned_resolver here;
    lookup_probe unknown;
    lookup_probe busy;
    ASSERT_TRUE(unknown.start(*here, {"unknown.test", "80"}));
    ASSERT_TRUE(busy.start(*here, {"busy.test", "80"}));
    ASSERT_TRUE(unknown.wait() && busy.wait());
    EXPECT_EQ(unknown.how(), ending::no_such_name);
    EXPECT_EQ(unknown.code(), 11U);
    EXPECT_EQ(unknown.addresses(), strings{});
    EXPECT_EQ(busy.how(), ending::failed);
    EXPECT_EQ(busy.code(), 12U);
}

TEST_F(Resolver, CopiesTheQuestion)
{
    names.hold("first.test");
    const owned_resolver here({1, for_long_ms});
    lookup_probe first;
    lookup_probe second;
    ASSERT_TRUE(first.start(*here, {"first.test", "80"}));
    expect_inside(1);
    {
        auto host = std::make_unique<std::string>(core::name_question::longest_host, 'h');
        auto service = std::make_unique<std::string>(core::name_question::longest_service, 's');
        ASSERT_TRUE(second.start(*here, {host->c_str(), service->c_str()}));
        host->assign(host->size(), 'x');
        service->assign(service->size(), 'x');
    }
    names.let_go("first.test");
    ASSERT_TRUE(first.wait() && second.wait());
    const std::string whole = std::string(core::name_question::longest_host, 'h') + ' ' +
                              std::string(core::name_question::longest_service, 's');
    EXPECT_EQ(names.asked(), (strings{"first.test 80", whole}));
}

TEST_F(Resolver, AnswersANotationAtOnceAndWithoutAThread)
{
    const owned_resolver here;
    lookup_probe host;
    lookup_probe nobody;
    lookup_probe name;
    EXPECT_FALSE(host.start(*here, {"127.0.0.1", "80"}));
    EXPECT_EQ(host.how(), ending::done);
    EXPECT_EQ(host.addresses(), strings{"127.0.0.1"});
    EXPECT_FALSE(nobody.start(*here, {nullptr, nullptr, AS_NO_FAMILY, true}));
    EXPECT_EQ(nobody.how(), ending::done);
    EXPECT_FALSE(name.start(*here, {"name.test", "80", AS_NO_FAMILY, false, true}));
    EXPECT_EQ(name.how(), ending::no_such_name);
    EXPECT_EQ(name.code(), 7U);
    EXPECT_EQ(names.threads_started(), 0);
    EXPECT_EQ(names.asked(), strings{});
}

// To the system: it may have to ask somebody.
TEST_F(Resolver, LooksForAServiceOnAThread)
{
    const owned_resolver here;
    lookup_probe service;
    ASSERT_TRUE(service.start(*here, {"127.0.0.1", "http"}));
    ASSERT_TRUE(service.wait());
    EXPECT_EQ(service.how(), ending::done);
    EXPECT_EQ(names.threads_started(), 1);
}

TEST_F(Resolver, AsksNobodyWhatMakesNoSense)
{
    const owned_resolver here;
    for (const core::name_question& question :
         {core::name_question{"", ""}, {nullptr, "80"}, {"name.test", "70000"}, {"127.0.0.1", "-1"}, {"a b", "80"}}) {
        lookup_probe nonsense;
        EXPECT_FALSE(nonsense.start(*here, question));
        EXPECT_EQ(nonsense.how(), ending::invalid);
        EXPECT_EQ(nonsense.code(), 0U);
        EXPECT_FALSE(here->abandon(nonsense)) << "it is not under way";
    }
    EXPECT_EQ(names.asked(), strings{});
    EXPECT_EQ(names.threads_started(), 0);
}

// ---- threads

TEST_F(Resolver, ASlowNameDoesNotHoldUpAnother)
{
    names.hold("slow.test");
    const owned_resolver here;
    lookup_probe slow;
    ASSERT_TRUE(slow.start(*here, {"slow.test", "80"}));
    expect_inside(1);
    for (int i = 0; i < 3; ++i) {
        lookup_probe quick;
        ASSERT_TRUE(quick.start(*here, {"quick.test", "80"}));
        ASSERT_TRUE(quick.wait());
    }
    EXPECT_FALSE(slow.has_ended());
    names.let_go("slow.test");
    ASSERT_TRUE(slow.wait());
}

TEST_F(Resolver, StartsNoMoreThreadsThanItMay)
{
    names.hold("slow.test");
    const owned_resolver here({3, for_long_ms});
    std::deque<lookup_probe> all(10);
    for (lookup_probe& each : all) {
        ASSERT_TRUE(each.start(*here, {"slow.test", "80"}));
    }
    expect_inside(3);
    EXPECT_EQ(names.threads_started(), 3);
    names.let_go("slow.test");
    for (lookup_probe& each : all) {
        ASSERT_TRUE(each.wait());
    }
    EXPECT_EQ(names.threads_started(), 3);
}

TEST_F(Resolver, WhatIsInLineComesInItsOrder)
{
    names.hold("first.test");
    const owned_resolver here({1, for_long_ms});
    std::deque<lookup_probe> all(4);
    const char* const hosts[] = {"first.test", "second.test", "third.test", "fourth.test"};
    for (std::size_t i = 0; i < all.size(); ++i) {
        ASSERT_TRUE(all[i].start(*here, {hosts[i], "80"}));
    }
    names.let_go("first.test");
    ASSERT_TRUE(all.back().wait());
    EXPECT_EQ(names.asked(), (strings{"first.test 80", "second.test 80", "third.test 80", "fourth.test 80"}));
}

TEST_F(Resolver, AnIdleThreadIsUsedAgain)
{
    const owned_resolver here({16, for_long_ms});
    for (int i = 0; i < 5; ++i) {
        lookup_probe one;
        ASSERT_TRUE(one.start(*here, {"name.test", "80"}));
        ASSERT_TRUE(one.wait());
        ASSERT_TRUE(wait_until_blocked(1)) << "the thread is idle";
    }
    EXPECT_EQ(names.threads_started(), 1);
}

TEST_F(Resolver, AThreadThatNobodyNeedsEnds)
{
    const owned_resolver here({16, 0});
    for (int i = 0; i < 3; ++i) {
        lookup_probe one;
        ASSERT_TRUE(one.start(*here, {"name.test", "80"}));
        ASSERT_TRUE(one.wait());
        ASSERT_TRUE(wait_until([&] { return names.threads() == 0; }));
    }
    EXPECT_EQ(names.threads_started(), 3);
}

TEST_F(Resolver, WithoutAnyThreadALookupIsRefused)
{
    const owned_resolver here({16, 0});
    names.refuse_threads = true;
    lookup_probe refused;
    EXPECT_FALSE(refused.start(*here, {"name.test", "80"}));
    EXPECT_EQ(refused.how(), ending::no_room);
    EXPECT_FALSE(here->abandon(refused)) << "it is not under way";
    names.refuse_threads = false;
    lookup_probe taken;
    ASSERT_TRUE(taken.start(*here, {"name.test", "80"}));
    ASSERT_TRUE(taken.wait());
    EXPECT_EQ(refused.answers(), 1);
}

TEST_F(Resolver, WithoutAFurtherThreadALookupWaitsInLine)
{
    names.hold("slow.test");
    const owned_resolver here;
    lookup_probe slow;
    lookup_probe second;
    ASSERT_TRUE(slow.start(*here, {"slow.test", "80"}));
    expect_inside(1);
    names.refuse_threads = true;
    ASSERT_TRUE(second.start(*here, {"second.test", "80"}));
    names.let_go("slow.test");
    ASSERT_TRUE(second.wait());
    EXPECT_TRUE(slow.has_ended());
    EXPECT_EQ(names.threads_started(), 1);
}

// ---- abandon

TEST_F(Resolver, WhatIsInLineCanBeAbandoned)
{
    names.hold("slow.test");
    const owned_resolver here({1, for_long_ms});
    lookup_probe slow;
    auto in_line = std::make_unique<lookup_probe>();
    lookup_probe behind;
    ASSERT_TRUE(slow.start(*here, {"slow.test", "80"}));
    expect_inside(1);
    ASSERT_TRUE(in_line->start(*here, {"abandoned.test", "80"}));
    ASSERT_TRUE(behind.start(*here, {"behind.test", "80"}));
    EXPECT_TRUE(here->abandon(*in_line));
    EXPECT_FALSE(here->abandon(*in_line)) << "it is not under way any more";
    in_line.reset();
    names.let_go("slow.test");
    ASSERT_TRUE(behind.wait());
    EXPECT_EQ(names.asked(), (strings{"slow.test 80", "behind.test 80"}));
}

TEST_F(Resolver, WhatTheSystemIsAtCanBeAbandoned)
{
    names.hold("slow.test");
    const owned_resolver here({1, for_long_ms});
    auto slow = std::make_unique<lookup_probe>();
    ASSERT_TRUE(slow->start(*here, {"slow.test", "80"}));
    expect_inside(1);
    EXPECT_TRUE(here->abandon(*slow));
    // Its memory is the caller's, for another start too.
    ASSERT_TRUE(slow->start(*here, {"again.test", "80"}));
    names.let_go("slow.test");
    ASSERT_TRUE(slow->wait());
    EXPECT_EQ(slow->addresses(), strings{"again.test"});
    EXPECT_EQ(slow->answers(), 1);
}

TEST_F(Resolver, AnAnswerThatHasBegunCannotBeAbandoned)
{
    const owned_resolver here;
    event has_begun;
    event may_end;
    lookup_probe one;
    one.meanwhile = [&] {
        EXPECT_FALSE(here->abandon(one)) << "in the answer";
        has_begun.set();
        EXPECT_TRUE(may_end.wait());
    };
    ASSERT_TRUE(one.start(*here, {"name.test", "80"}));
    ASSERT_TRUE(has_begun.wait());
    EXPECT_FALSE(here->abandon(one)) << "beside the answer";
    may_end.set();
    ASSERT_TRUE(one.wait());
    EXPECT_FALSE(here->abandon(one)) << "after the answer";
}

TEST_F(Resolver, AnAnswerMayStartOthersAndAbandonThem)
{
    names.hold("slow.test");
    const owned_resolver here({2, for_long_ms});
    lookup_probe slow;
    lookup_probe next;
    lookup_probe one;
    one.meanwhile = [&] {
        EXPECT_TRUE(here->abandon(slow));
        EXPECT_TRUE(next.start(*here, {"next.test", "80"}));
    };
    ASSERT_TRUE(slow.start(*here, {"slow.test", "80"}));
    expect_inside(1);
    ASSERT_TRUE(one.start(*here, {"name.test", "80"}));
    ASSERT_TRUE(next.wait());
    names.let_go("slow.test");
    EXPECT_EQ(slow.answers(), 0);
}

// Either it is told of the answer, or the abandon is told that there will be none.
TEST_F(Resolver, AnAbandonAndAnAnswerAtOnceAgree)
{
    const owned_resolver here({4, 0});
    int abandoned = 0;
    for (int round = 0; round < 2000; ++round) {
        auto one = std::make_unique<lookup_probe>();
        ASSERT_TRUE(one->start(*here, {"name.test", "80"}));
        for (int i = 0; i < round % 50; ++i) {
            std::this_thread::yield();
        }
        if (here->abandon(*one)) {
            EXPECT_EQ(one->answers(), 0);
            ++abandoned;
        } else {
            ASSERT_TRUE(one->wait());
        }
    }
    EXPECT_GT(abandoned, 0);
}

TEST_F(Resolver, ManyThreadsMayAskAndAbandonAtOnce)
{
    const owned_resolver here({4, 1});
    std::deque<background> users;
    for (int user = 0; user < 4; ++user) {
        users.emplace_back([&] {
            for (int round = 0; round < 300; ++round) {
                lookup_probe first;
                lookup_probe second;
                if (!first.start(*here, {"first.test", "80"}) || !second.start(*here, {"second.test", "80"})) {
                    ADD_FAILURE() << "refused";
                    return;
                }
                const bool is_abandoned = here->abandon(second);
                EXPECT_TRUE(first.wait());
                EXPECT_TRUE(is_abandoned || second.wait());
            }
        });
    }
    for (background& user : users) {
        EXPECT_TRUE(user.finished());
    }
    EXPECT_LE(names.threads(), 4);
}

// ---- the end

TEST_F(Resolver, ACloseAbandonsWhatHasNoAnswer)
{
    names.hold("slow.test");
    owned_resolver here({2, for_long_ms});
    auto all = std::make_unique<std::deque<lookup_probe>>(4); // two of them in line
    for (lookup_probe& each : *all) {
        ASSERT_TRUE(each.start(*here, {"slow.test", "80"}));
    }
    expect_inside(2);
    here.close();
    EXPECT_EQ(names.inside(), 2) << "nobody can end that";
    for (const lookup_probe& each : *all) {
        EXPECT_EQ(each.answers(), 0);
    }
    all.reset();
    names.let_go("slow.test");
    EXPECT_TRUE(wait_until([&] { return names.threads() == 0; }));
    EXPECT_EQ(names.asked(), (strings{"slow.test 80", "slow.test 80"}));
}

TEST_F(Resolver, ACloseEndsIdleThreads)
{
    owned_resolver here({16, for_long_ms});
    lookup_probe one;
    ASSERT_TRUE(one.start(*here, {"name.test", "80"}));
    ASSERT_TRUE(one.wait());
    ASSERT_TRUE(wait_until_blocked(1)) << "the thread is idle";
    here.close();
    EXPECT_TRUE(wait_until([&] { return names.threads() == 0; }));
}

TEST_F(Resolver, ACloseWaitsForAnswersThatHaveBegun)
{
    owned_resolver here({16, for_long_ms});
    event has_begun;
    event may_end;
    lookup_probe one;
    one.meanwhile = [&] {
        has_begun.set();
        EXPECT_TRUE(may_end.wait());
    };
    ASSERT_TRUE(one.start(*here, {"name.test", "80"}));
    ASSERT_TRUE(has_begun.wait());
    bool has_closed = false;
    {
        const background closer([&] {
            here.close();
            EXPECT_EQ(one.answers(), 1);
            has_closed = true;
        });
        ASSERT_TRUE(wait_until_blocked(1)) << "the closer";
        may_end.set();
    }
    EXPECT_TRUE(has_closed);
}

TEST_F(Resolver, ACloseMayWaitForAllThreads)
{
    names.hold("slow.test");
    owned_resolver here;
    lookup_probe slow;
    ASSERT_TRUE(slow.start(*here, {"slow.test", "80"}));
    expect_inside(1);
    ASSERT_TRUE(here->abandon(slow));
    background closer([&] {
        here.close_and_wait();
        EXPECT_EQ(names.threads(), 0);
        EXPECT_EQ(names.inside(), 0);
    });
    names.let_go("slow.test");
    EXPECT_TRUE(closer.finished());
    EXPECT_EQ(slow.answers(), 0);
}

TEST_F(Resolver, ACloseComesAtAnyMoment)
{
    for (int round = 0; round < 500; ++round) {
        owned_resolver here({2, round % 2 == 0 ? 0 : for_long_ms});
        std::deque<lookup_probe> all(3);
        for (lookup_probe& each : all) {
            ASSERT_TRUE(each.start(*here, {"name.test", "80"}));
        }
        for (int i = 0; i < round % 20; ++i) {
            std::this_thread::yield();
        }
        here.close();
        // Nobody waits for them, and where addresses have 32 bits there is room for the stacks of some hundred.
        ASSERT_TRUE(wait_until([&] { return names.threads() < 50; }));
    }
}

TEST_F(Resolver, CannotBeMadeWithoutTheSystem)
{
    names.refuse_all = true;
    EXPECT_EQ(core::resolver::create({}), nullptr);
    names.refuse_all = false;
    names.refuse_group = true;
    EXPECT_EQ(core::resolver::create({}), nullptr);
}

// Of another process than this one. What it has is never given back.
TEST_F(Resolver, AProcessThatWasForkedOffRefusesAndWaitsForNobody)
{
    static core::resolver* const inherited = core::resolver::create({16, 0});
    static lookup_probe under_way;
    names.hold("slow.test");
    ASSERT_TRUE(under_way.start(*inherited, {"slow.test", "80"}));
    expect_inside(1);
    core::process_mark::begin_child();
    lookup_probe refused;
    EXPECT_FALSE(refused.start(*inherited, {"127.0.0.1", "80"}));
    EXPECT_EQ(refused.how(), ending::closed_here);
    EXPECT_TRUE(inherited->abandon(under_way)) << "nobody will tell";
    inherited->close_and_wait();
    inherited->close();
    names.let_go("slow.test");
    ASSERT_TRUE(under_way.wait()) << "here it has its thread";
    ASSERT_TRUE(wait_until([&] { return names.threads() == 0; }));
}

TEST_F(Resolver, AProcessThatEndsHasNobodyToWaitFor)
{
    names.hold("slow.test");
    owned_resolver here({16, 0});
    lookup_probe under_way;
    ASSERT_TRUE(under_way.start(*here, {"slow.test", "80"}));
    expect_inside(1);
    process.process_is_ending = true;
    lookup_probe refused;
    EXPECT_FALSE(refused.start(*here, {"127.0.0.1", "80"}));
    EXPECT_EQ(refused.how(), ending::closed_here);
    EXPECT_TRUE(here->abandon(under_way));
    here->close_and_wait();
    process.process_is_ending = false; // the test goes on: everything is as it was
    names.let_go("slow.test");
    ASSERT_TRUE(under_way.wait());
}

} // namespace
