// Which loop of a pool a socket goes to. SRS_ASYNC_SOCKET_LINUX_15_006
#include "linux/engine/pool.hpp"

#include <functional>
#include <memory>
#include <set>
#include <utility>

#include <gtest/gtest.h>

#include "core/platform/backend.hpp"
#include "linux/engine/loop.hpp"
#include "linux/socket/channel.hpp"
#include "support/waiting.hpp"

namespace {

using namespace async_socket;
using namespace async_socket::test;
using linux_os::loop;

using owned_pool = std::unique_ptr<backend::pool, decltype(&backend::pool_destroy)>;

owned_pool make_pool(std::uint32_t loops)
{
    core::refusal why;
    return {backend::pool_create(loops, loops, why), &backend::pool_destroy};
}

// Runs something on the thread that holds a loop, where callbacks run.
class task : schedule::job_line, schedule::job {
public:
    explicit task(std::function<void()> body)
        : job_line(schedule::urgency::other), job(run_body, *this), body_(std::move(body))
    {
    }

    void run_on(loop& where)
    {
        schedule::job_list jobs;
        jobs.push_back(*this);
        where.post(jobs);
        ASSERT_TRUE(done_.wait());
    }

private:
    static void run_body(job& self) noexcept
    {
        auto& own = static_cast<task&>(self);
        own.body_();
        own.done_.set();
    }

    const std::function<void()> body_;
    event done_;
};

// What an open does of it. Where that was.
loop& open_socket(backend::pool& pool)
{
    loop& chosen = pool.loop_for_socket();
    EXPECT_NE(nullptr, chosen.slots().take());
    return chosen;
}

void open_sockets(backend::pool& pool, int count)
{
    for (int i = 0; i < count; ++i) {
        (void)open_socket(pool);
    }
}

TEST(Pool, TakesTheLoopWithTheFewestSockets)
{
    const owned_pool pool = make_pool(2);
    loop& first = open_socket(*pool);
    loop& second = open_socket(*pool);
    EXPECT_NE(&first, &second);
    (void)first.slots().take();
    (void)first.slots().take();
    EXPECT_EQ(&second, &open_socket(*pool));
    EXPECT_EQ(&second, &open_socket(*pool));
}

// As a relay's main thread does, always the client's end first.
TEST(Pool, GivesEachLoopEndsOfBothKinds)
{
    for (const std::uint32_t loops : {2U, 3U, 4U, 8U}) {
        const owned_pool pool = make_pool(loops);
        std::multiset<loop*> clients;
        std::multiset<loop*> upstreams;
        for (std::uint32_t pairs = 0; pairs < 4 * loops; ++pairs) {
            clients.insert(&open_socket(*pool));
            upstreams.insert(&open_socket(*pool));
        }
        for (loop* const each : std::set<loop*>(clients.begin(), clients.end())) {
            EXPECT_EQ(8U, clients.count(each) + upstreams.count(each));
            EXPECT_NE(0U, clients.count(each));
            EXPECT_NE(0U, upstreams.count(each));
        }
        EXPECT_EQ(loops, std::set<loop*>(clients.begin(), clients.end()).size());
    }
}

TEST(Pool, KeepsWhatACallbackOpensWithItsLoop)
{
    for (const int turns : {0, 1}) {
        const owned_pool pool = make_pool(2);
        loop& own = pool->loop_for_socket();
        for (int i = 0; i < turns; ++i) {
            (void)pool->loop_for_socket();
        }
        task([&] {
            open_sockets(*pool, 2);
            EXPECT_EQ(2U, own.slots().in_use());
        }).run_on(own);
    }
}

TEST(Pool, StaysBalancedWhenOneLoopOpensEverything)
{
    const owned_pool pool = make_pool(2);
    loop& own = open_socket(*pool);
    loop& other = open_socket(*pool);
    task([&] {
        open_sockets(*pool, 100);
        EXPECT_LE(own.slots().in_use(), other.slots().in_use() + 3);
        EXPECT_LE(other.slots().in_use(), own.slots().in_use() + 3);
    }).run_on(own);
}

TEST(Pool, CountsOnlySocketsThatAreStillOpen)
{
    const owned_pool pool = make_pool(2);
    loop& own = pool->loop_for_socket();
    task([&] {
        for (int i = 0; i < 100; ++i) {
            backend::channel* const only = pool->loop_for_socket().slots().take();
            EXPECT_EQ(1U, own.slots().in_use());
            own.slots().give_back(*only);
        }
    }).run_on(own);
}

TEST(Pool, KnowsTheLoopsOfOthers)
{
    const owned_pool pool = make_pool(2);
    const owned_pool others = make_pool(2);
    task([&] {
        loop& first = open_socket(*pool);
        EXPECT_NE(&first, &open_socket(*pool));
    }).run_on(others->loop_for_socket());
}

} // namespace
