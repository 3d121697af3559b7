// Closing from outside: close, and destroy instead of it, end whatever is pending, within a second.
#include <gtest/gtest.h>

#include "rounds.hpp"
#include "support/ending.hpp"

namespace contract {
namespace {

// Every row of the close rules is run with close and with destroy.
class EndingFromOutside : public testing::TestWithParam<ending> {
protected:
    // 01_018 to 01_022 and 01_006 say how; this checks what a user may rely on in every row.
    void end_and_check()
    {
        timed_ending end(GetParam());
        ASSERT_TRUE(ends_within(ending_limit, [&] { end(pair_.near_end, pending_); }));
        pending_.expect_ended();
        expect_peer_sees_end(pair_.far_end); // 01_021, 42_006
    }

    engine engine_;
    open_pair pair_{engine_.handle()};
    pending_operations pending_{pair_.near_end.handle()};
};

INSTANTIATE_TEST_SUITE_P(Row, EndingFromOutside, testing::Values(ending::close, ending::destroy),
                         [](const auto& parameter) { return name_of(parameter.param); });

TEST_P(EndingFromOutside, NothingPending)
{
    end_and_check();
}

TEST_P(EndingFromOutside, IdleReceive)
{
    pending_.receive();
    end_and_check(); // 42_001
}

TEST_P(EndingFromOutside, SeveralReceivesPending)
{
    pending_.receive(10);
    end_and_check();
}

TEST_P(EndingFromOutside, LargeSendToAPeerThatNeverReads)
{
    pending_.send();
    end_and_check(); // 01_067
}

TEST_P(EndingFromOutside, SeveralLargeSendsToAPeerThatNeverReads)
{
    pending_.send(5);
    end_and_check();
}

TEST_P(EndingFromOutside, SendInManyPiecesToAPeerThatNeverReads)
{
    pending_.send(many_pieces());
    end_and_check();
}

// The system's own close would wait for the peer.
TEST_P(EndingFromOutside, LargeSendOfALingeringSocketToAPeerThatNeverReads)
{
    linger_at_close(pair_.connection.near_end, 8);
    pending_.send();
    end_and_check(); // LINUX_14_004
}

TEST_P(EndingFromOutside, BothDirectionsPending)
{
    pending_.receive(3);
    pending_.send();
    pending_.send(many_pieces());
    end_and_check();
}

TEST_P(EndingFromOutside, OperationsOfAThreadThatEnded)
{
    std::thread([this] {
        pending_.receive();
        pending_.send();
    }).join();
    end_and_check();
}

TEST_P(EndingFromOutside, EndlessReArmingOfReceivesWhileThePeerFloods)
{
    const ASYNC_SOCKET_HANDLE socket = pair_.near_end.handle();
    std::thread flood([this] {
        const bytes data(4096);
        while (pair_.far_end.send(data)) {
        }
    });
    receive_record received;
    std::atomic<std::size_t> accepted{0};
    received.then = [&](const receive_event&) { accepted += received.start(socket) == 0 ? 1U : 0U; };
    accepted += received.start(socket) == 0 ? 1U : 0U;
    EXPECT_TRUE(received.wait(100));
    end_and_check();
    EXPECT_EQ(accepted, received.count());
    EXPECT_TRUE(ends_soon([&flood] { flood.join(); }));
}

TEST_P(EndingFromOutside, EndlessReSendingInSendCallbacks)
{
    const ASYNC_SOCKET_HANDLE socket = pair_.near_end.handle();
    std::thread drain([this] { (void)pair_.far_end.receive_to_end(); });
    const bytes data(4096);
    send_record sent;
    std::atomic<std::size_t> accepted{0};
    const auto send = [&] {
        accepted += sent.start(socket, data.data(), data.size()) == ASYNC_SOCKET_SEND_SYNC_OK ? 1U : 0U;
    };
    sent.then = send;
    send();
    EXPECT_TRUE(sent.wait(100));
    end_and_check();
    EXPECT_EQ(accepted, sent.count());
    EXPECT_TRUE(ends_soon([&drain] { drain.join(); }));
}

// 01_040: a callback that runs already is waited for. It ends only after it has seen that the
// connection was closed, so the close is at its wait by then.
TEST_P(EndingFromOutside, WaitsForARunningCallback)
{
    pending_.receive();
    std::atomic<bool> finished{false};
    send_record sent;
    sent.then = [&] {
        (void)pair_.far_end.receive_to_end();
        finished = true;
    };
    ASSERT_EQ(ASYNC_SOCKET_SEND_SYNC_OK, sent.start(pair_.near_end.handle(), "x", 1));
    ASSERT_TRUE(sent.wait());
    end_and_check();
    EXPECT_TRUE(finished);
}

TEST(Close, OfNullReturns)
{
    async_socket_close(nullptr); // 01_018
}

TEST(Close, OfASocketThatWasNeverOpenedReturns)
{
    const engine engine;
    closed_pair pair(engine.handle());
    async_socket_close(pair.near_end.handle()); // 01_022
    EXPECT_EQ(0, pair.near_end.open());
    EXPECT_TRUE(carries_traffic(pair.near_end.handle(), pair.far_end));
}

TEST(Close, OfALingeringSocketLeavesTheSystemToGoOnWithWhatIsUnsent)
{
    const engine engine;
    const bytes data = pattern(150'000);
    send_record sent;
    open_pair pair(engine.handle());
    linger_at_close(pair.connection.near_end, 8);
    ASSERT_EQ(ASYNC_SOCKET_SEND_SYNC_OK, sent.start(pair.near_end.handle(), data.data(), data.size()));
    ASSERT_TRUE(sent.wait());
    EXPECT_TRUE(ends_within(ending_limit, [&] { async_socket_close(pair.near_end.handle()); }));
    EXPECT_EQ(data, pair.far_end.receive_to_end());
}

TEST(Close, TwiceInARow)
{
    const engine engine;
    open_pair pair(engine.handle());
    pending_operations pending(pair.near_end.handle());
    pending.receive();
    timed_ending close(ending::close);
    close(pair.near_end, pending);
    pending.expect_ended();
    close(pair.near_end, pending); // 01_022
    pending.expect_ended();
    EXPECT_TRUE(close.returned_in_time(2));
}

TEST(Close, RefusesSendsAndReceivesAfterwards)
{
    const engine engine;
    open_pair pair(engine.handle());
    async_socket_close(pair.near_end.handle());
    send_record sent;
    receive_record received;
    EXPECT_EQ(send_refused_not_open, sent.start(pair.near_end.handle(), "x", 1)); // 01_097
    EXPECT_NE(0, received.start(pair.near_end.handle()));                         // 01_098
    pair.near_end.destroy();
    EXPECT_EQ(0U, sent.count() + received.count());
}

// 01_019: refused as soon as the close has begun, although it has not ended yet.
TEST(Close, RefusesSendsAndReceivesMeanwhile)
{
    const engine engine;
    open_pair pair(engine.handle());
    const ASYNC_SOCKET_HANDLE socket = pair.near_end.handle();
    ASYNC_SOCKET_SEND_SYNC_RESULT send_result = ASYNC_SOCKET_SEND_SYNC_OK;
    int receive_result = 0;
    send_record sent;
    receive_record received;
    receive_record blocking;
    blocking.then = [&](const receive_event&) {
        (void)pair.far_end.receive_to_end();
        send_result = sent.start(socket, "x", 1);
        receive_result = received.start(socket);
    };
    ASSERT_EQ(0, blocking.start(socket));
    ASSERT_TRUE(pair.far_end.send("x", 1));
    ASSERT_TRUE(blocking.wait());
    EXPECT_TRUE(ends_within(ending_limit, [&] { async_socket_close(socket); }));
    EXPECT_EQ(send_refused_not_open, send_result);
    EXPECT_NE(0, receive_result);
    EXPECT_EQ(0U, sent.count() + received.count());
}

// 01_022: the second close does not wait for the first, which waits for a callback.
TEST(Close, TheLoserOfTwoReturnsAtOnce)
{
    const engine engine;
    open_pair pair(engine.handle());
    const ASYNC_SOCKET_HANDLE socket = pair.near_end.handle();
    gate loser_returned;
    gate connection_gone;
    receive_record received;
    received.then = [&](const receive_event&) {
        (void)pair.far_end.receive_to_end();
        connection_gone.open();
        (void)loser_returned.wait();
    };
    ASSERT_EQ(0, received.start(socket));
    ASSERT_TRUE(pair.far_end.send("x", 1));
    ASSERT_TRUE(received.wait());
    std::thread winner([socket] { async_socket_close(socket); });
    EXPECT_TRUE(connection_gone.wait());
    EXPECT_TRUE(ends_within(ending_limit, [socket] { async_socket_close(socket); }));
    loser_returned.open();
    EXPECT_TRUE(ends_soon([&winner] { winner.join(); }));
}

TEST(Close, TwoThreadsAtOnceInManyRounds)
{
    const engine engine;
    for (int round = 0; round < rounds_of(100); ++round) {
        open_pair pair(engine.handle());
        pending_operations pending(pair.near_end.handle());
        pending.receive(2);
        pending.send();
        meeting start(2);
        const auto close = [&] {
            (void)start.arrive_and_wait();
            async_socket_close(pair.near_end.handle());
        };
        std::thread other(close);
        close();
        other.join();
        pending.settle();
        pending.expect_ended();
        expect_peer_sees_end(pair.far_end);
    }
}

TEST(Close, WhileOtherThreadsKeepSendingAndReceiving)
{
    const engine engine;
    open_pair pair(engine.handle());
    const ASYNC_SOCKET_HANDLE socket = pair.near_end.handle();
    pending_operations none(socket);
    std::thread drain([&pair] { (void)pair.far_end.receive_to_end(); });
    probe receives(socket);
    std::thread receiver([&receives] { (void)receives.wait_until_refused(); });
    send_record sent;
    std::atomic<std::size_t> accepted{0};
    std::thread sender([&] {
        const bytes data(65536);
        while (sent.start(socket, data.data(), data.size()) == ASYNC_SOCKET_SEND_SYNC_OK) {
            ++accepted;
            EXPECT_TRUE(sent.wait(accepted)); // `data` has to stay until then
        }
    });
    EXPECT_TRUE(sent.wait(10));
    timed_ending close(ending::close);
    close(pair.near_end, none);
    EXPECT_TRUE(close.returned_in_time());
    EXPECT_TRUE(ends_soon([&] {
        drain.join();
        receiver.join();
        sender.join();
    }));
    EXPECT_EQ(accepted, sent.count());
    EXPECT_TRUE(receives.each_ended_once());
}

} // namespace
} // namespace contract
