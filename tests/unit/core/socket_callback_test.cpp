// core/socket/socket.hpp: closing and destroying from inside callbacks.
#include "core/socket/socket.hpp"

#include <atomic>
#include <functional>

#include <gtest/gtest.h>

#include "support/socket_fixture.hpp"
#include "support/test_platform.hpp"

namespace {

using namespace async_socket;
using test::background;
using test::connection_number;
using test::ended_record;
using test::event;
using test::wait_until;
using test::wait_until_blocked;

class SocketCallback : public test::socket_fixture {};

// ---- the open callback -----------------------------------------------------------------------------

TEST_F(SocketCallback, CloseInsideTheOpenCallback)
{
    EXPECT_TRUE(open(1, [&] {
        socket_->close();
        EXPECT_FALSE(socket_->life().is_open());
        EXPECT_EQ(fake_.closes_of(1), 1);
        EXPECT_EQ(fake_.channels, 0);
    }));
    EXPECT_TRUE(open(2));
}

TEST_F(SocketCallback, DestroyInsideTheOpenCallback)
{
    EXPECT_TRUE(open(1, [&] {
        destroy_socket();
        EXPECT_EQ(fake_.closes_of(1), 1);
    }));
    EXPECT_EQ(fake_.channels, 0);
}

TEST_F(SocketCallback, CloseThenDestroyInsideTheOpenCallback)
{
    EXPECT_TRUE(open(1, [&] {
        socket_->close();
        destroy_socket();
    }));
    EXPECT_EQ(fake_.closes_of(1), 1);
}

TEST_F(SocketCallback, CloseAndOpenAgainInsideTheOpenCallback)
{
    EXPECT_TRUE(open(1, [&] {
        socket_->close();
        EXPECT_TRUE(open(2, [&] { destroy_socket(); }));
    }));
    EXPECT_EQ(fake_.closes_of(1), 1);
    EXPECT_EQ(fake_.closes_of(2), 1);
}

TEST_F(SocketCallback, DestroyInsideTheOpenCallbackWhileAnotherThreadCloses)
{
    event inside;
    event go_on;
    core::socket& socket = *socket_;
    background opener([&] {
        EXPECT_TRUE(open(1, [&] {
            inside.set();
            EXPECT_TRUE(go_on.wait());
            destroy_socket();
        }));
    });
    ASSERT_TRUE(inside.wait());
    background closer([&] { socket.close(); });
    ASSERT_TRUE(wait_until_blocked(1)); // it waits for the open callback
    go_on.set();
    ASSERT_TRUE(closer.finished());
    ASSERT_TRUE(opener.finished());
    EXPECT_EQ(fake_.closes_of(1), 1);
}

// ---- the callback of an operation ------------------------------------------------------------------

TEST_F(SocketCallback, CloseInsideACallbackDoesNotWaitForIt)
{
    ASSERT_TRUE(open(1));
    ended_record receive;
    receive.then = [&] {
        socket_->close();
        EXPECT_EQ(fake_.closes_of(1), 1);
        EXPECT_EQ(fake_.channels, 0);
    };
    ASSERT_EQ(start(receive), test::accepted);
    let_one_end();
    ASSERT_TRUE(receive.ended.wait());
}

TEST_F(SocketCallback, DestroyInsideACallback)
{
    ASSERT_TRUE(open(1));
    ended_record receive;
    receive.then = [&] {
        destroy_socket();
        EXPECT_EQ(fake_.channels, 0);
    };
    ASSERT_EQ(start(receive), test::accepted);
    let_one_end();
    ASSERT_TRUE(receive.ended.wait());
}

TEST_F(SocketCallback, DestroyInsideACallbackAsTheLastReferenceToTheEngine)
{
    ASSERT_TRUE(open(1));
    ended_record receive;
    receive.then = [&] {
        destroy_socket();
        EXPECT_EQ(fake_.pools, 0);
    };
    ASSERT_EQ(start(receive), test::accepted);
    engine_.release();
    let_one_end();
    ASSERT_TRUE(receive.ended.wait());
}

TEST_F(SocketCallback, CloseInsideACallbackEndsTheOtherPendingOperationsBeforeItReturns)
{
    ASSERT_TRUE(open(1));
    ended_record first;
    ended_record others[10];
    first.then = [&] {
        socket_->close();
        for (ended_record& other : others) {
            EXPECT_EQ(other.times, 1);
        }
    };
    ASSERT_EQ(start(first), test::accepted);
    for (ended_record& other : others) {
        ASSERT_EQ(start(other), test::accepted);
    }
    let_one_end();
    ASSERT_TRUE(first.ended.wait());
}

TEST_F(SocketCallback, CloseInsideACallbackWaitsForAnotherCallback)
{
    ASSERT_TRUE(open(1));
    ended_record slow;
    ended_record closing;
    event inside_slow;
    event go_on;
    std::atomic<bool> slow_returns{false};
    slow.then = [&] {
        inside_slow.set();
        EXPECT_TRUE(go_on.wait());
        slow_returns = true;
    };
    bool closed_after_slow = false;
    closing.then = [&] {
        socket_->close();
        closed_after_slow = slow_returns;
    };
    ASSERT_EQ(start(slow), test::accepted);
    ASSERT_EQ(start(closing), test::accepted);
    let_one_end();
    ASSERT_TRUE(inside_slow.wait());
    let_one_end();
    ASSERT_TRUE(wait_until([&] { return fake_.channels_being_closed == 1; }));
    go_on.set();
    ASSERT_TRUE(closing.ended.wait());
    EXPECT_TRUE(closed_after_slow);
}

TEST_F(SocketCallback, TwoCallbacksThatBothCloseDoNotWaitForEachOther)
{
    ASSERT_TRUE(open(1));
    ended_record first;
    ended_record second;
    event first_inside;
    event second_inside;
    first.then = [&] {
        first_inside.set();
        EXPECT_TRUE(second_inside.wait());
        socket_->close();
    };
    second.then = [&] {
        second_inside.set();
        EXPECT_TRUE(first_inside.wait());
        socket_->close();
    };
    ASSERT_EQ(start(first), test::accepted);
    ASSERT_EQ(start(second), test::accepted);
    let_one_end();
    let_one_end();
    ASSERT_TRUE(first.ended.wait());
    ASSERT_TRUE(second.ended.wait());
    destroy_socket();
    EXPECT_EQ(fake_.closes_of(1), 1);
}

// 01_022
TEST_F(SocketCallback, CloseInsideACallbackReturnsWhenAnotherThreadClosesAlready)
{
    ASSERT_TRUE(open(1));
    ended_record receive;
    event inside;
    event go_on;
    receive.then = [&] {
        inside.set();
        EXPECT_TRUE(go_on.wait());
        socket_->close();
        EXPECT_EQ(fake_.channels, 1) << "the close that does the work waits for this callback";
    };
    ASSERT_EQ(start(receive), test::accepted);
    let_one_end();
    ASSERT_TRUE(inside.wait());
    background closer([&] { socket_->close(); });
    ASSERT_TRUE(wait_until([&] { return fake_.channels_being_closed == 1; }));
    go_on.set();
    ASSERT_TRUE(closer.finished());
    ASSERT_TRUE(receive.ended.wait());
}

// 01_093
TEST_F(SocketCallback, DestroyInsideACallbackThatACloserWaitsFor)
{
    ASSERT_TRUE(open(1));
    core::socket& socket = *socket_;
    ended_record receive;
    event inside;
    event go_on;
    receive.then = [&] {
        inside.set();
        EXPECT_TRUE(go_on.wait());
        destroy_socket();
        EXPECT_EQ(fake_.channels, 0);
    };
    ASSERT_EQ(start(receive), test::accepted);
    let_one_end();
    ASSERT_TRUE(inside.wait());
    background closer([&] { socket.close(); });
    ASSERT_TRUE(wait_until([&] { return fake_.channels_being_closed == 1; }));
    go_on.set();
    ASSERT_TRUE(closer.finished());
    ASSERT_TRUE(receive.ended.wait());
}

TEST_F(SocketCallback, CloseAndOpenAgainInsideACallback)
{
    ASSERT_TRUE(open(1));
    ended_record first;
    ended_record second;
    first.then = [&] {
        socket_->close();
        EXPECT_TRUE(open(2));
        EXPECT_EQ(start(second), test::accepted);
    };
    ASSERT_EQ(start(first), test::accepted);
    let_one_end();
    ASSERT_TRUE(first.ended.wait());
    let_one_end();
    ASSERT_TRUE(second.ended.wait());
    EXPECT_EQ(second.outcome.how, core::ending::done);
}

TEST_F(SocketCallback, AnotherThreadsCloseStillWaitsForACallbackAfterAReopenInIt)
{
    // The callback of the first connection closes, opens again and goes on. It is detached from the
    // old channel; the close of the new one has nothing to wait for in it.
    ASSERT_TRUE(open(1));
    ended_record first;
    event reopened;
    event go_on;
    first.then = [&] {
        socket_->close();
        EXPECT_TRUE(open(2));
        reopened.set();
        EXPECT_TRUE(go_on.wait());
    };
    ASSERT_EQ(start(first), test::accepted);
    let_one_end();
    ASSERT_TRUE(reopened.wait());
    socket_->close();
    EXPECT_EQ(fake_.closes_of(2), 1);
    go_on.set();
    ASSERT_TRUE(first.ended.wait());
}

// ---- two sockets -----------------------------------------------------------------------------------

TEST_F(SocketCallback, ACallbackOfOneSocketClosesAnother)
{
    core::socket* const other = core::socket::create(*engine_, backend::no_connection(), 0, nullptr);
    const backend::connection second = connection_number(2);
    ASSERT_TRUE(other
                    ->open(
                        &second, [](void*, ASYNC_SOCKET_OPEN_RESULT) {}, nullptr)
                    .is_none());
    ASSERT_TRUE(open(1));
    ended_record own;
    ended_record others;
    own.then = [&] { other->close_and_free(); };
    ASSERT_EQ(start(own), test::accepted);
    ASSERT_EQ(start_on(*other, others), test::accepted);
    let_one_end();
    ASSERT_TRUE(own.ended.wait());
    EXPECT_EQ(others.times, 1);
    EXPECT_EQ(fake_.closes_of(2), 1);
    EXPECT_TRUE(socket_->life().is_open());
}

TEST_F(SocketCallback, AnOpenCallbackInsideACallbackClosesTheOuterSocket)
{
    core::socket* const inner = core::socket::create(*engine_, backend::no_connection(), 0, nullptr);
    ASSERT_TRUE(open(1));
    ended_record receive;
    receive.then = [&] {
        const backend::connection second = connection_number(2);
        std::function<void()> on_open = [&] { destroy_socket(); };
        EXPECT_TRUE(
            inner
                ->open(
                    &second,
                    [](void* context, ASYNC_SOCKET_OPEN_RESULT) { (*static_cast<std::function<void()>*>(context))(); },
                    &on_open)
                .is_none());
        EXPECT_TRUE(inner->life().is_open());
    };
    ASSERT_EQ(start(receive), test::accepted);
    let_one_end();
    ASSERT_TRUE(receive.ended.wait());
    EXPECT_EQ(fake_.closes_of(1), 1);
    EXPECT_EQ(fake_.closes_of(2), 0);
    inner->close_and_free();
}

// ---- the end of the engine -------------------------------------------------------------------------

class EngineEnd : public testing::Test {
protected:
    test::fake_backend fake_;
    core::execution_engine* engine_ = test::create_engine();
    core::socket* socket_ = core::socket::create(*engine_, backend::no_connection(), 0, nullptr);

    // Runs it in the open callback of `socket_`.
    void in_a_callback(std::function<void()> body)
    {
        const backend::connection given = connection_number(1);
        EXPECT_TRUE(
            socket_
                ->open(
                    &given,
                    [](void* context, ASYNC_SOCKET_OPEN_RESULT) { (*static_cast<std::function<void()>*>(context))(); },
                    &body)
                .is_none());
    }
};

TEST_F(EngineEnd, IsRefusedInACallback)
{
    in_a_callback([&] {
        EXPECT_EQ(engine_->release_and_wait(), core::engine_end::refused);
        socket_->close_and_free();
        EXPECT_EQ(engine_->release_and_wait(), core::engine_end::refused)
            << "nobody waits for this callback, but it runs";
    });
    EXPECT_EQ(engine_->release_and_wait(), core::engine_end::waited);
    EXPECT_EQ(fake_.pools, 0);
}

TEST_F(EngineEnd, WaitsForACallbackThatHasDestroyedItsSocket)
{
    event destroyed;
    event go_on;
    std::atomic<bool> returns{false};
    background caller([&] {
        in_a_callback([&] {
            socket_->close_and_free();
            destroyed.set();
            EXPECT_TRUE(go_on.wait());
            returns = true;
        });
    });
    ASSERT_TRUE(destroyed.wait());
    background ender([&] {
        EXPECT_EQ(engine_->release_and_wait(), core::engine_end::waited);
        EXPECT_TRUE(returns);
    });
    ASSERT_TRUE(wait_until_blocked(1));
    go_on.set();
    EXPECT_TRUE(ender.finished());
    EXPECT_TRUE(caller.finished());
}

TEST_F(EngineEnd, MayComeInTheCallbackWithoutWaiting)
{
    in_a_callback([&] {
        socket_->close_and_free();
        engine_->release();
        EXPECT_EQ(fake_.pools, 0);
    }); // the callback's frame is the last to touch the engine
}

// Threads that would have to end something are gone then, and perhaps held a lock.
TEST_F(EngineEnd, AtTheEndOfTheProcessNothingIsTouched)
{
    const backend::connection given = connection_number(1);
    ASSERT_TRUE(socket_
                    ->open(
                        &given, [](void*, ASYNC_SOCKET_OPEN_RESULT) {}, nullptr)
                    .is_none());
    fake_.process_is_ending = true;
    socket_->close();
    EXPECT_EQ(fake_.channels, 1);
    socket_->close_and_free();
    EXPECT_EQ(fake_.channels, 1);
    EXPECT_EQ(engine_->release_and_wait(), core::engine_end::not_last);
    engine_->release();
    EXPECT_EQ(fake_.pools, 1);
    fake_.process_is_ending = false; // the test goes on: everything is as it was, but for the references
    engine_->add_reference();
    engine_->add_reference();
    socket_->close_and_free();
    engine_->release();
    EXPECT_EQ(fake_.pools, 0);
}

} // namespace
