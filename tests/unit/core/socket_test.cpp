// core/socket/socket.hpp: what each call does and refuses, and who waits for whom.
#include "core/socket/socket.hpp"

#include <atomic>
#include <new>

#include <gtest/gtest.h>

#include "async_socket/log.h"
#include "support/socket_fixture.hpp"
#include "support/test_platform.hpp"

namespace {

using namespace async_socket;
using core::ending;
using test::background;
using test::connection_number;
using test::ended_record;
using test::event;
using test::wait_until;
using test::wait_until_blocked;

class Socket : public test::socket_fixture {};

// ---- engine --------------------------------------------------------------------------------------

// 42_004, 42_005
TEST_F(Socket, HoldsTheEngineUntilItIsFreed)
{
    engine_.release();
    EXPECT_EQ(fake_.pools, 1);
    destroy_socket();
    EXPECT_EQ(fake_.pools, 0);
}

// ---- open ----------------------------------------------------------------------------------------

// 01_017, 01_094
TEST_F(Socket, IsOpenInsideTheOpenCallback)
{
    int calls = 0;
    EXPECT_TRUE(open(1, [&] {
        ++calls;
        EXPECT_TRUE(socket_->life().is_open());
        fake_.start_answer = test::refused; // as opposed to not_open
        ended_record none;
        EXPECT_EQ(start(none), test::refused);
    }));
    EXPECT_EQ(calls, 1);
    EXPECT_EQ(fake_.channels, 1);
}

// 01_015
TEST_F(Socket, AnOpenOneCannotBeOpened)
{
    ASSERT_TRUE(open(1));
    int calls = 0;
    EXPECT_FALSE(open(2, [&] { ++calls; }));
    EXPECT_EQ(calls, 0);
    EXPECT_EQ(fake_.channels, 1);
    EXPECT_EQ(fake_.closes_of(2), 0) << "a refused connection is still its owner's";
}

// 01_015, 01_023
TEST_F(Socket, OneThatIsOpeningCannotBeOpened)
{
    bool second = true;
    fake_.inside_channel_open = [&] {
        fake_.inside_channel_open = nullptr;
        EXPECT_FALSE(socket_->life().is_open());
        second = open(2);
        ended_record none;
        EXPECT_EQ(start(none), test::not_open);
    };
    EXPECT_TRUE(open(1));
    EXPECT_FALSE(second);
    EXPECT_EQ(fake_.channels, 1);
}

// 01_039
TEST_F(Socket, AFailedOpenCallsNothingAndLeavesItClosed)
{
    fake_.refuse_channel = true;
    int calls = 0;
    EXPECT_FALSE(open(1, [&] { ++calls; }));
    EXPECT_EQ(calls, 0);
    EXPECT_FALSE(socket_->life().is_open());
    EXPECT_EQ(fake_.closes_of(1), 0);
    fake_.refuse_channel = false;
    EXPECT_TRUE(open(1, [&] { ++calls; }));
    EXPECT_EQ(calls, 1);
}

// 01_039
TEST_F(Socket, CannotBeOpenedWhileItCloses)
{
    ASSERT_TRUE(open(1));
    ended_record receive;
    event inside;
    event go_on;
    receive.then = [&] {
        inside.set();
        EXPECT_TRUE(go_on.wait());
    };
    ASSERT_EQ(start(receive), test::accepted);
    let_one_end();
    ASSERT_TRUE(inside.wait());
    background closer([&] { socket_->close(); });
    ASSERT_TRUE(wait_until([&] { return fake_.channels_being_closed == 1; }));
    EXPECT_FALSE(open(2));
    go_on.set();
    ASSERT_TRUE(closer.finished());
    EXPECT_TRUE(open(2));
}

TEST_F(Socket, CanBeOpenedAgainAndAgain)
{
    for (int connection = 1; connection <= 20; ++connection) {
        ASSERT_TRUE(open(connection));
        ended_record receive;
        ASSERT_EQ(start(receive), test::accepted);
        let_one_end();
        ASSERT_TRUE(receive.ended.wait());
        socket_->close();
        EXPECT_EQ(fake_.closes_of(connection), 1);
    }
}

// ---- the connection adopted at create --------------------------------------------------------------

class AdoptedConnection : public Socket {
protected:
    AdoptedConnection()
    {
        destroy_socket();
        socket_ = core::socket::create(*engine_, connection_number(7), 0, nullptr);
    }

    bool open_adopted()
    {
        return socket_
            ->open(
                nullptr, [](void*, ASYNC_SOCKET_OPEN_RESULT) {}, nullptr)
            .is_none();
    }
};

// 42_007
TEST_F(AdoptedConnection, IsClosedByTheDestroyOfASocketThatWasNeverOpened)
{
    destroy_socket();
    EXPECT_EQ(fake_.closes_of(7), 1);
}

// 42_006, 42_007
TEST_F(AdoptedConnection, IsClosedOnceByCloseAndDestroyTogether)
{
    ASSERT_TRUE(open_adopted());
    EXPECT_EQ(fake_.closes_of(7), 0);
    socket_->close();
    EXPECT_EQ(fake_.closes_of(7), 1);
    destroy_socket();
    EXPECT_EQ(fake_.closes_of(7), 1);
}

// 42_008
TEST_F(AdoptedConnection, IsUsedUpByTheFirstOpen)
{
    ASSERT_TRUE(open_adopted());
    socket_->close();
    EXPECT_FALSE(open_adopted());
    EXPECT_EQ(fake_.channels, 0);
}

TEST_F(AdoptedConnection, SurvivesAFailedOpen)
{
    fake_.refuse_channel = true;
    EXPECT_FALSE(open_adopted());
    EXPECT_EQ(fake_.closes_of(7), 0);
    fake_.refuse_channel = false;
    EXPECT_TRUE(open_adopted());
}

TEST_F(AdoptedConnection, IsClosedByTheDestroyAfterAFailedOpen)
{
    fake_.refuse_channel = true;
    EXPECT_FALSE(open_adopted());
    destroy_socket();
    EXPECT_EQ(fake_.closes_of(7), 1);
}

// ---- start ---------------------------------------------------------------------------------------

// 01_097, 01_098
TEST_F(Socket, StartsNothingUnlessOpen)
{
    ended_record none;
    EXPECT_EQ(start(none), test::not_open);
    ASSERT_TRUE(open(1));
    socket_->close();
    EXPECT_EQ(start(none), test::not_open);
    EXPECT_EQ(none.times, 0);
}

TEST_F(Socket, HandsOnWhatTheChannelAnswers)
{
    ASSERT_TRUE(open(1));
    ended_record none;
    fake_.start_answer = test::refused;
    EXPECT_EQ(start(none), test::refused);
    fake_.start_answer = test::not_open;
    EXPECT_EQ(start(none), test::not_open);
    EXPECT_EQ(none.times, 0);
}

// ---- close ---------------------------------------------------------------------------------------

// 01_022
TEST_F(Socket, ClosingAClosedOneDoesNothing)
{
    socket_->close();
    ASSERT_TRUE(open(1));
    socket_->close();
    socket_->close();
    EXPECT_EQ(fake_.closes_of(1), 1);
}

// 01_020
TEST_F(Socket, CloseWaitsForAStartThatIsInside)
{
    event inside;
    event go_on;
    std::atomic<bool> returned{false};
    fake_.start_answer = test::refused;
    fake_.inside_channel_start = [&] {
        inside.set();
        EXPECT_TRUE(go_on.wait());
        returned = true;
    };
    ASSERT_TRUE(open(1));
    background starter([&] {
        ended_record none;
        EXPECT_EQ(start(none), test::refused);
    });
    ASSERT_TRUE(inside.wait());
    bool closed_after_return = false;
    background closer([&] {
        socket_->close();
        closed_after_return = returned;
    });
    ASSERT_TRUE(wait_until_blocked(1));
    EXPECT_EQ(fake_.closes_of(1), 0);
    ended_record none;
    EXPECT_EQ(start(none), test::not_open); // 01_019
    go_on.set();
    ASSERT_TRUE(closer.finished());
    ASSERT_TRUE(starter.finished());
    EXPECT_TRUE(closed_after_return);
    EXPECT_EQ(fake_.closes_of(1), 1); // 01_021
}

// 01_040
TEST_F(Socket, CloseWaitsForARunningCallback)
{
    ASSERT_TRUE(open(1));
    ended_record receive;
    event inside;
    event go_on;
    std::atomic<bool> returning{false};
    receive.then = [&] {
        inside.set();
        EXPECT_TRUE(go_on.wait());
        returning = true;
    };
    ASSERT_EQ(start(receive), test::accepted);
    let_one_end();
    ASSERT_TRUE(inside.wait());
    bool closed_after_callback = false;
    background closer([&] {
        socket_->close();
        closed_after_callback = returning;
    });
    ASSERT_TRUE(wait_until([&] { return fake_.channels_being_closed == 1; }));
    go_on.set();
    ASSERT_TRUE(closer.finished());
    EXPECT_TRUE(closed_after_callback);
}

TEST_F(Socket, CloseWaitsForTheOpenCallbackOfAnotherThread)
{
    event inside;
    event go_on;
    std::atomic<bool> returning{false};
    background opener([&] {
        EXPECT_TRUE(open(1, [&] {
            inside.set();
            EXPECT_TRUE(go_on.wait());
            returning = true;
        }));
    });
    ASSERT_TRUE(inside.wait());
    bool closed_after_callback = false;
    background closer([&] {
        socket_->close();
        closed_after_callback = returning;
    });
    ASSERT_TRUE(wait_until_blocked(1));
    go_on.set();
    ASSERT_TRUE(closer.finished());
    ASSERT_TRUE(opener.finished());
    EXPECT_TRUE(closed_after_callback);
}

// 01_022
TEST_F(Socket, OfTwoClosesTheSecondReturnsAtOnce)
{
    event inside;
    event go_on;
    fake_.start_answer = test::refused;
    fake_.inside_channel_start = [&] {
        inside.set();
        EXPECT_TRUE(go_on.wait());
    };
    ASSERT_TRUE(open(1));
    background starter([&] {
        ended_record none;
        (void)start(none);
    });
    ASSERT_TRUE(inside.wait());
    event first_closed;
    background first([&] {
        socket_->close();
        first_closed.set();
    });
    ASSERT_TRUE(wait_until_blocked(1));
    socket_->close();
    EXPECT_FALSE(first_closed.is_set());
    go_on.set();
    ASSERT_TRUE(first.finished());
    ASSERT_TRUE(starter.finished());
    EXPECT_EQ(fake_.closes_of(1), 1);
}

TEST_F(Socket, EveryPendingOperationEndsOnceWhenItCloses)
{
    ASSERT_TRUE(open(1));
    ended_record records[20];
    for (ended_record& record : records) {
        ASSERT_EQ(start(record), test::accepted);
    }
    socket_->close();
    for (ended_record& record : records) {
        EXPECT_EQ(record.times, 1);
        EXPECT_EQ(record.outcome.how, ending::closed_here);
    }
}

// ---- destroy -------------------------------------------------------------------------------------

// 01_005, 01_006
TEST_F(Socket, DestroyClosesAnOpenOne)
{
    ASSERT_TRUE(open(1));
    ended_record receive;
    ASSERT_EQ(start(receive), test::accepted);
    destroy_socket();
    EXPECT_EQ(receive.times, 1);
    EXPECT_EQ(fake_.closes_of(1), 1);
    EXPECT_EQ(fake_.channels, 0);
}

// 01_093
TEST_F(Socket, DestroyWaitsForTheCloser)
{
    event inside;
    event go_on;
    fake_.start_answer = test::refused;
    fake_.inside_channel_start = [&] {
        inside.set();
        EXPECT_TRUE(go_on.wait());
    };
    ASSERT_TRUE(open(1));
    core::socket& socket = *socket_;
    background starter([&] {
        ended_record none;
        (void)start_on(socket, none);
    });
    ASSERT_TRUE(inside.wait());
    std::atomic<bool> released{false};
    background closer([&] { socket.close(); });
    ASSERT_TRUE(wait_until_blocked(1));
    bool freed_after = false;
    background destroyer([&] {
        destroy_socket();
        freed_after = released;
    });
    ASSERT_TRUE(wait_until_blocked(2));
    released = true;
    go_on.set();
    ASSERT_TRUE(destroyer.finished());
    ASSERT_TRUE(closer.finished());
    ASSERT_TRUE(starter.finished());
    EXPECT_TRUE(freed_after);
    EXPECT_EQ(fake_.closes_of(1), 1);
}

// 01_093
TEST_F(Socket, DestroyWaitsForTheOpenerAndThenCloses)
{
    event inside;
    event go_on;
    std::atomic<bool> released{false};
    fake_.inside_channel_open = [&] {
        inside.set();
        EXPECT_TRUE(go_on.wait());
    };
    background opener([&] { EXPECT_TRUE(open(1)); });
    ASSERT_TRUE(inside.wait());
    bool freed_after = false;
    background destroyer([&] {
        destroy_socket();
        freed_after = released;
    });
    ASSERT_TRUE(wait_until_blocked(1));
    released = true;
    go_on.set();
    ASSERT_TRUE(opener.finished());
    ASSERT_TRUE(destroyer.finished());
    EXPECT_TRUE(freed_after);
    EXPECT_EQ(fake_.closes_of(1), 1);
}

// 01_093
TEST_F(Socket, DestroyWaitsForAnOpenThatFails)
{
    event inside;
    event go_on;
    fake_.refuse_channel = true;
    fake_.inside_channel_open = [&] {
        inside.set();
        EXPECT_TRUE(go_on.wait());
    };
    background opener([&] { EXPECT_FALSE(open(1)); });
    ASSERT_TRUE(inside.wait());
    background destroyer([&] { destroy_socket(); });
    ASSERT_TRUE(wait_until_blocked(1));
    go_on.set();
    ASSERT_TRUE(opener.finished());
    ASSERT_TRUE(destroyer.finished());
}

TEST_F(Socket, DestroyWaitsForAStartThatIsInside)
{
    event inside;
    event go_on;
    std::atomic<bool> returned{false};
    fake_.start_answer = test::refused;
    fake_.inside_channel_start = [&] {
        inside.set();
        EXPECT_TRUE(go_on.wait());
        returned = true;
    };
    ASSERT_TRUE(open(1));
    core::socket& socket = *socket_;
    background starter([&] {
        ended_record none;
        EXPECT_EQ(start_on(socket, none), test::refused);
    });
    ASSERT_TRUE(inside.wait());
    bool freed_after_return = false;
    background destroyer([&] {
        destroy_socket();
        freed_after_return = returned;
    });
    ASSERT_TRUE(wait_until_blocked(1));
    go_on.set();
    ASSERT_TRUE(destroyer.finished());
    ASSERT_TRUE(starter.finished());
    EXPECT_TRUE(freed_after_return);
}

// ---- finish --------------------------------------------------------------------------------------

class Finish : public Socket {
protected:
    // How an operation that the system ended with `outcome` ends for the user; `closing`: while
    // another thread closes the socket.
    core::outcome finished_as(core::outcome outcome, bool closing)
    {
        EXPECT_TRUE(open(1));
        ended_record record;
        EXPECT_EQ(start(record), test::accepted);
        test::fake_operation* const operation = fake_.take_started();
        if (closing) {
            background closer([&] { socket_->close(); });
            EXPECT_TRUE(wait_until([&] { return fake_.channels_being_closed == 1; }));
            fake_.deliver_on_a_pool_thread(*operation, outcome);
        } else {
            fake_.deliver_on_a_pool_thread(*operation, outcome);
            EXPECT_TRUE(record.ended.wait());
            socket_->close();
        }
        EXPECT_EQ(record.times, 1);
        return record.outcome;
    }
};

TEST_F(Finish, WhileOpenAnOutcomeIsHandedOnAsItIs)
{
    for (const ending how : {ending::done, ending::end_of_stream, ending::reset, ending::closed_here, ending::cancelled,
                             ending::timed_out, ending::failed}) {
        const core::outcome outcome = finished_as({how, 5, 123}, false);
        EXPECT_EQ(outcome.how, how);
        EXPECT_EQ(outcome.bytes, 5U);
        EXPECT_EQ(outcome.code, how == ending::done ? 0U : 123U); // of a success there is none
    }
}

// 42_001: what our own close ended, whatever code the system has for it.
TEST_F(Finish, AFailureOnAClosingSocketIsALostConnection)
{
    for (const ending how : {ending::reset, ending::closed_here, ending::cancelled, ending::failed}) {
        EXPECT_EQ(finished_as({how, 0, 995}, true).how, ending::closed_here);
    }
}

TEST_F(Finish, ASuccessOnAClosingSocketIsASuccess)
{
    const core::outcome outcome = finished_as({ending::done, 1, 0}, true);
    EXPECT_EQ(outcome.how, ending::done);
    EXPECT_EQ(outcome.bytes, 1U);
}

TEST_F(Finish, TheEndOfTheStreamOnAClosingSocketIsThat)
{
    EXPECT_EQ(finished_as({ending::end_of_stream, 0, 0}, true).how, ending::end_of_stream);
}

// The log callback has no context.
std::atomic<int> warnings{0};

void count_warnings(ASYNC_SOCKET_LOG_LEVEL level, const char* /*message*/)
{
    if (level == ASYNC_SOCKET_LOG_WARNING) {
        ++warnings;
    }
}

TEST_F(Finish, AWarningIsLoggedForWhatTheSystemEndedAndForNothingElse)
{
    async_socket_set_log_callback(count_warnings);
    const auto warnings_of = [&](ending how) {
        warnings = 0;
        (void)finished_as({how, 0, 123}, false);
        return warnings.load();
    };
    for (const ending how : {ending::done, ending::end_of_stream, ending::reset, ending::closed_here}) {
        EXPECT_EQ(warnings_of(how), 0) << static_cast<int>(how);
    }
    for (const ending how : {ending::cancelled, ending::timed_out, ending::unreachable, ending::failed}) {
        EXPECT_EQ(warnings_of(how), 1) << static_cast<int>(how);
    }
    async_socket_set_log_callback(nullptr);
}

// ---- a process that was forked -------------------------------------------------------------------

// With a start of another thread inside, which is not here any more.
TEST_F(Socket, InheritedOneIsGivenBackWithoutAWait)
{
    ASSERT_TRUE(open(1));
    alignas(core::lifecycle::visit) unsigned char room[sizeof(core::lifecycle::visit)];
    const auto* const of_another_thread = new (room) core::lifecycle::visit(socket_->life()); // which never leaves
    ASSERT_TRUE(of_another_thread->is_inside());
    core::process_mark::begin_child();
    ended_record none;
    EXPECT_EQ(start(none), test::not_open);
    EXPECT_FALSE(open(2));
    socket_->close();
    EXPECT_EQ(fake_.abandoned, 1); // the channel
    EXPECT_EQ(fake_.closes_of(1), 0);
    engine_.release();
    destroy_socket();
    EXPECT_EQ(fake_.abandoned, 2); // the pool
    EXPECT_EQ(none.times, 0);
}

} // namespace
