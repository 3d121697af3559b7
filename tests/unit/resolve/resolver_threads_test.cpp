// core/resolve/resolver.hpp on the platform's own threads.
#include <cstring>
#include <deque>
#include <memory>

#include <gtest/gtest.h>

#define ASYNC_SOCKET_TEST_USES_THE_SYSTEMS_RESOLVER
#include "support/lookup_probe.hpp"
#include "support/scripted_answer.hpp"

namespace {

using namespace async_socket;
using namespace async_socket::test;
using core::ending;

// A system that answers some names when it is told to.
class slow_names {
public:
    void let_go() { may_go_.set(); }
    [[nodiscard]] bool wait_until_inside(int count)
    {
        return wait_until([&] { return inside_ == count; });
    }

private:
    int answer(const char* name, const char* service, const addrinfo* hints, addrinfo** list)
    {
        if (std::strcmp(name, "slow.test") == 0 && hints->ai_flags == 0) {
            ++inside_;
            EXPECT_TRUE(may_go_.wait());
            --inside_;
        }
        if (std::strstr(name, ".test") == nullptr || hints->ai_flags != 0) {
            return getaddrinfo(name, service, hints, list);
        }
        *list = list_of_ports(2);
        return 0;
    }

    event may_go_;
    std::atomic<int> inside_{0};
    scripted_answer script_{[this](const char* name, const char* service, const addrinfo* hints, addrinfo** list) {
        return answer(name, service, hints, list);
    }};
};

TEST(ResolverThreads, ASlowNameDoesNotHoldUpAnother)
{
    slow_names names;
    const owned_resolver here;
    lookup_probe slow;
    lookup_probe quick;
    ASSERT_TRUE(slow.start(*here, {"slow.test", "80"}));
    ASSERT_TRUE(names.wait_until_inside(1));
    ASSERT_TRUE(quick.start(*here, {"quick.test", "80"}));
    ASSERT_TRUE(quick.wait());
    EXPECT_EQ(quick.how(), ending::done);
    EXPECT_EQ(quick.addresses().size(), 2U);
    EXPECT_FALSE(slow.has_ended());
    names.let_go();
    ASSERT_TRUE(slow.wait());
    EXPECT_EQ(slow.how(), ending::done);
}

TEST(ResolverThreads, ACloseWaitsForNoThread)
{
    slow_names names;
    {
        owned_resolver here;
        auto slow = std::make_unique<std::deque<lookup_probe>>(20);
        for (lookup_probe& each : *slow) {
            ASSERT_TRUE(each.start(*here, {"slow.test", "80"}));
        }
        ASSERT_TRUE(names.wait_until_inside(16));
        here.close();
        EXPECT_TRUE(names.wait_until_inside(16));
    }
    names.let_go();
    EXPECT_TRUE(names.wait_until_inside(0));
}

TEST(ResolverThreads, ACloseThatWaitsLeavesNoneBehind)
{
    slow_names names;
    names.let_go();
    for (int round = 0; round < 20; ++round) {
        owned_resolver here({4, round % 2 == 0 ? 0U : 1'000'000U});
        std::deque<lookup_probe> all(8);
        for (lookup_probe& each : all) {
            ASSERT_TRUE(each.start(*here, {"slow.test", "80"}));
        }
        ASSERT_TRUE(all.front().wait());
        here.close_and_wait();
        EXPECT_TRUE(names.wait_until_inside(0));
    }
}

TEST(ResolverThreads, ComeAndGo)
{
    slow_names names;
    owned_resolver here({4, 0});
    for (int round = 0; round < 100; ++round) {
        lookup_probe one;
        ASSERT_TRUE(one.start(*here, {"quick.test", "80"}));
        ASSERT_TRUE(one.wait());
    }
    here.close_and_wait();
}

TEST(ResolverThreads, TheSystemKnowsLocalhost)
{
    const owned_resolver here;
    lookup_probe name;
    ASSERT_TRUE(name.start(*here, {"localhost", "80"}));
    ASSERT_TRUE(name.wait());
    EXPECT_EQ(name.how(), ending::done) << name.code();
    EXPECT_FALSE(name.addresses().empty());
    for (const char* const notation : {"127.0.0.1", "::1"}) {
        lookup_probe at_once;
        EXPECT_FALSE(at_once.start(*here, {notation, "80"}));
        EXPECT_EQ(at_once.how(), ending::done) << at_once.code();
    }
    lookup_probe unknown;
    ASSERT_TRUE(unknown.start(*here, {"nobody-has-this-name.invalid", "80"}));
    ASSERT_TRUE(unknown.wait());
    EXPECT_TRUE(unknown.how() == ending::no_such_name || unknown.how() == ending::failed) << unknown.code();
}

} // namespace
