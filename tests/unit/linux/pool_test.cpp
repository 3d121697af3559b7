// Which loop of a pool a socket goes to. SRS_ASYNC_SOCKET_LINUX_15_006
#include "linux/engine/pool.hpp"

#include <functional>
#include <memory>
#include <utility>

#include <gtest/gtest.h>

#include "core/backend.hpp"
#include "linux/engine/loop.hpp"
#include "linux/socket/channel.hpp"
#include "support/waiting.hpp"

namespace {

using namespace async_socket;
using namespace async_socket::test;
using linux_os::loop;

using owned_pool = std::unique_ptr<backend::pool, decltype(&backend::pool_destroy)>;

owned_pool make_pool()
{
    return {backend::pool_create(2, 2), &backend::pool_destroy};
}

// Runs something on the thread of a loop, where callbacks run.
class task : linux_os::job {
public:
    explicit task(std::function<void()> body) : job(run_body, linux_os::urgency::other), body_(std::move(body)) {}

    void run_on(loop& where)
    {
        linux_os::job_list jobs;
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

// What an open takes, and where.
backend::channel* open_socket(backend::pool& pool)
{
    return pool.loop_for_socket().slots().take();
}

void open_sockets(backend::pool& pool, int count)
{
    for (int i = 0; i < count; ++i) {
        (void)open_socket(pool);
    }
}

TEST(Pool, DealsSocketsOutInTurn)
{
    const owned_pool pool = make_pool();
    loop& first = pool->loop_for_socket();
    loop& second = pool->loop_for_socket();
    EXPECT_NE(&first, &second);
    EXPECT_EQ(&first, &pool->loop_for_socket());
    EXPECT_EQ(&second, &pool->loop_for_socket());
}

TEST(Pool, KeepsWhatACallbackOpensWithItsLoop)
{
    for (const int turns : {0, 1}) {
        const owned_pool pool = make_pool();
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
    const owned_pool pool = make_pool();
    loop& own = pool->loop_for_socket();
    loop& other = pool->loop_for_socket();
    task([&] {
        open_sockets(*pool, 100);
        EXPECT_LE(own.slots().in_use(), other.slots().in_use() + 3);
        EXPECT_LE(other.slots().in_use(), own.slots().in_use() + 3);
    }).run_on(own);
}

TEST(Pool, CountsOnlySocketsThatAreStillOpen)
{
    const owned_pool pool = make_pool();
    loop& own = pool->loop_for_socket();
    task([&] {
        for (int i = 0; i < 100; ++i) {
            backend::channel* const only = open_socket(*pool);
            EXPECT_EQ(1U, own.slots().in_use());
            own.slots().give_back(*only);
        }
    }).run_on(own);
}

TEST(Pool, KnowsTheLoopsOfOthers)
{
    const owned_pool pool = make_pool();
    const owned_pool others = make_pool();
    task([&] {
        loop& first = pool->loop_for_socket();
        EXPECT_NE(&first, &pool->loop_for_socket());
    }).run_on(others->loop_for_socket());
}

} // namespace
