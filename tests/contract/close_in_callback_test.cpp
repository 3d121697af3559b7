// Closing, and destroying, from within callbacks: of the same socket, of another one, of several at
// once, and on an engine whose only thread is the one that closes.
#include <gtest/gtest.h>

#include <tuple>

#include "rounds.hpp"
#include "support/ending.hpp"

namespace contract {
namespace {

struct engine_size {
    const char* name;
    std::uint32_t minimum;
    std::uint32_t maximum;
};

constexpr engine_size default_size{"DefaultEngine", DEFAULT_MIN_THREAD_COUNT, DEFAULT_MAX_THREAD_COUNT};
constexpr engine_size two_threads{"TwoThreads", 2, 2};
constexpr engine_size one_thread{"OneThread", 1, 1};

using row = std::tuple<ending, engine_size>;

std::string name_of_row(const testing::TestParamInfo<row>& info)
{
    return name_of(std::get<0>(info.param)) + std::get<1>(info.param).name;
}

class EndingRow : public testing::TestWithParam<row> {
protected:
    EndingRow() : engine_(std::get<1>(GetParam()).minimum, std::get<1>(GetParam()).maximum) {}

    engine engine_;
    timed_ending end_{std::get<0>(GetParam())};
};

// Rows that need one callback at a time.
class EndingInACallback : public EndingRow {};

INSTANTIATE_TEST_SUITE_P(Row, EndingInACallback,
                         testing::Combine(testing::Values(ending::close, ending::destroy),
                                          testing::Values(default_size, one_thread)),
                         name_of_row);

// 01_040: none of the rows below may wait for the callback that it is called from.

TEST_P(EndingInACallback, OwnReceive)
{
    open_pair pair(engine_.handle());
    pending_operations none(pair.near_end.handle());
    receive_record received;
    received.then = [&](const receive_event&) { end_(pair.near_end, none); };
    ASSERT_EQ(0, received.start(pair.near_end.handle()));
    ASSERT_TRUE(pair.far_end.send("x", 1));
    EXPECT_TRUE(end_.returned_in_time());
    expect_peer_sees_end(pair.far_end);
    EXPECT_EQ(1U, received.count());
}

TEST_P(EndingInACallback, OwnReceiveOfALingeringSocket)
{
    open_pair pair(engine_.handle());
    pending_operations pending(pair.near_end.handle());
    receive_record received;
    linger_at_close(pair.connection.near_end, 8);
    pending.send();
    received.then = [&](const receive_event&) { end_(pair.near_end, pending); };
    ASSERT_EQ(0, received.start(pair.near_end.handle()));
    ASSERT_TRUE(pair.far_end.send("x", 1));
    EXPECT_TRUE(end_.returned_in_time());
    pending.expect_ended();
    expect_peer_sees_end(pair.far_end);
}

TEST_P(EndingInACallback, OwnReceiveWithOthersPending)
{
    open_pair pair(engine_.handle());
    pending_operations pending(pair.near_end.handle());
    receive_record received;
    received.then = [&](const receive_event&) { end_(pair.near_end, pending); };
    ASSERT_EQ(0, received.start(pair.near_end.handle()));
    pending.receive(3);
    pending.send();
    pending.send(many_pieces());
    ASSERT_TRUE(pair.far_end.send("x", 1));
    EXPECT_TRUE(end_.returned_in_time());
    pending.expect_ended();
    expect_peer_sees_end(pair.far_end);
    EXPECT_EQ(1U, received.count());
}

TEST_P(EndingInACallback, OwnReceiveAtTheEndOfTheStream)
{
    open_pair pair(engine_.handle());
    pending_operations pending(pair.near_end.handle());
    receive_record received;
    received.then = [&](const receive_event&) { end_(pair.near_end, pending); };
    ASSERT_EQ(0, received.start(pair.near_end.handle()));
    pending.send();
    pair.far_end.shut_down_sending();
    EXPECT_TRUE(end_.returned_in_time());
    pending.expect_ended();
    expect_peer_sees_end(pair.far_end);
}

TEST_P(EndingInACallback, OwnSendWithOthersPending)
{
    open_pair pair(engine_.handle());
    pending_operations pending(pair.near_end.handle());
    gate armed;
    send_record sent;
    sent.then = [&] {
        (void)armed.wait();
        end_(pair.near_end, pending);
    };
    ASSERT_EQ(ASYNC_SOCKET_SEND_SYNC_OK, sent.start(pair.near_end.handle(), "x", 1));
    pending.receive(3);
    pending.send(2);
    armed.open();
    EXPECT_TRUE(end_.returned_in_time());
    pending.expect_ended();
    expect_peer_sees_end(pair.far_end);
    EXPECT_EQ(std::vector{ASYNC_SOCKET_SEND_OK}, sent.results());
}

TEST_P(EndingInACallback, OwnOpen)
{
    closed_pair pair(engine_.handle());
    pending_operations none(pair.near_end.handle());
    open_record opened;
    opened.then = [&] { end_(pair.near_end, none); };
    EXPECT_EQ(0, pair.near_end.open(open_record::on_complete, &opened)); // 01_014
    EXPECT_TRUE(end_.returned_in_time());
    expect_peer_sees_end(pair.far_end);
    EXPECT_EQ(1, opened.calls);
}

TEST_P(EndingInACallback, OwnOpenWithOperationsArmedInIt)
{
    closed_pair pair(engine_.handle());
    pending_operations pending(pair.near_end.handle());
    open_record opened;
    opened.then = [&] {
        pending.receive(3); // 01_094: the socket is open by now
        pending.send();
        pending.send(many_pieces());
        end_(pair.near_end, pending);
    };
    EXPECT_EQ(0, pair.near_end.open(open_record::on_complete, &opened));
    EXPECT_TRUE(end_.returned_in_time());
    pending.expect_ended();
    expect_peer_sees_end(pair.far_end);
    EXPECT_EQ(1, opened.calls);
}

TEST_P(EndingInACallback, AnotherSocketWithOperationsPending)
{
    open_pair caller(engine_.handle());
    open_pair pair(engine_.handle());
    pending_operations pending(pair.near_end.handle());
    pending.receive(3);
    pending.send();
    pending.send(many_pieces());
    receive_record received;
    received.then = [&](const receive_event&) { end_(pair.near_end, pending); };
    ASSERT_EQ(0, received.start(caller.near_end.handle()));
    ASSERT_TRUE(caller.far_end.send("x", 1));
    EXPECT_TRUE(end_.returned_in_time());
    pending.expect_ended();
    expect_peer_sees_end(pair.far_end);
    EXPECT_TRUE(carries_traffic(caller.near_end.handle(), caller.far_end));
}

// The callback of each socket ends the next one, whose callback for that ends the one after it.
TEST_P(EndingInACallback, AChainOfSocketsEachEndedByTheOneBefore)
{
    constexpr std::size_t length = 5;
    std::deque<open_pair> pairs;
    std::deque<pending_operations> pending;
    std::deque<receive_record> received(length);
    for (std::size_t i = 0; i < length; ++i) {
        const ASYNC_SOCKET_HANDLE socket = pairs.emplace_back(engine_.handle()).near_end.handle();
        ASSERT_EQ(0, received[i].start(socket));
        pending.emplace_back(socket).send(i == 0 ? 0 : 1); // nobody ends the first one
    }
    for (std::size_t i = 0; i + 1 < length; ++i) {
        received[i].then = [&, i](const receive_event&) { end_(pairs[i + 1].near_end, pending[i + 1]); };
    }
    ASSERT_TRUE(pairs[0].far_end.send("x", 1));
    EXPECT_TRUE(end_.returned_in_time(static_cast<int>(length) - 1));
    for (std::size_t i = 1; i < length; ++i) {
        pending[i].expect_ended();
        expect_peer_sees_end(pairs[i].far_end);
        EXPECT_EQ(1U, received[i].count());
    }
}

// Two callbacks on one thread's stack: that of a receive, and the open callback of a second socket
// that is opened in it.
TEST_P(EndingInACallback, OpenOfAnotherSocketWithinAnOwnReceive)
{
    open_pair outer(engine_.handle());
    closed_pair inner(engine_.handle());
    pending_operations outer_pending(outer.near_end.handle());
    pending_operations inner_pending(inner.near_end.handle());
    open_record opened;
    opened.then = [&] {
        inner_pending.receive(2);
        end_(outer.near_end, outer_pending);
        end_(inner.near_end, inner_pending);
    };
    receive_record received;
    received.then = [&](const receive_event&) { (void)inner.near_end.open(open_record::on_complete, &opened); };
    ASSERT_EQ(0, received.start(outer.near_end.handle()));
    outer_pending.receive(2);
    outer_pending.send();
    ASSERT_TRUE(outer.far_end.send("x", 1));
    EXPECT_TRUE(end_.returned_in_time(2));
    outer_pending.expect_ended();
    inner_pending.expect_ended();
    expect_peer_sees_end(outer.far_end);
    expect_peer_sees_end(inner.far_end);
}

TEST_P(EndingInACallback, AfterACloseInTheSameCallback)
{
    open_pair pair(engine_.handle());
    pending_operations pending(pair.near_end.handle());
    receive_record received;
    received.then = [&](const receive_event&) {
        async_socket_close(pair.near_end.handle());
        end_(pair.near_end, pending);
    };
    ASSERT_EQ(0, received.start(pair.near_end.handle()));
    pending.receive(2);
    pending.send();
    ASSERT_TRUE(pair.far_end.send("x", 1));
    EXPECT_TRUE(end_.returned_in_time());
    pending.expect_ended();
}

// Rows with several callbacks at once.
class EndingInCallbacksAtOnce : public EndingRow {};

INSTANTIATE_TEST_SUITE_P(Row, EndingInCallbacksAtOnce,
                         testing::Combine(testing::Values(ending::close, ending::destroy),
                                          testing::Values(default_size, two_threads)),
                         name_of_row);

// One of two callbacks of a socket closes, and at the same time the other one closes or destroys.
TEST_P(EndingInCallbacksAtOnce, TwoOfOneSocketInManyRounds)
{
    for (int round = 1; round <= rounds_of(50); ++round) {
        open_pair pair(engine_.handle());
        const ASYNC_SOCKET_HANDLE socket = pair.near_end.handle();
        pending_operations pending(socket);
        meeting both(2);
        gate closed;
        receive_record received;
        received.then = [&](const receive_event&) {
            (void)both.arrive_and_wait();
            end_(pair.near_end, pending);
        };
        send_record sent;
        sent.then = [&] {
            (void)both.arrive_and_wait();
            async_socket_close(socket);
            closed.open();
        };
        ASSERT_EQ(0, received.start(socket));
        pending.receive(2);
        ASSERT_EQ(ASYNC_SOCKET_SEND_SYNC_OK, sent.start(socket, "x", 1));
        ASSERT_TRUE(pair.far_end.send("x", 1));
        ASSERT_TRUE(end_.returned_in_time(round));
        ASSERT_TRUE(closed.wait());
        pair.near_end.destroy(); // when this has returned, so has the winner, whoever it was
        pending.settle();
        pending.expect_ended();
        expect_peer_sees_end(pair.far_end);
    }
}

// A callback closes while another thread closes or destroys.
TEST_P(EndingInCallbacksAtOnce, OneAndAnotherThreadInManyRounds)
{
    for (int round = 1; round <= rounds_of(50); ++round) {
        open_pair pair(engine_.handle());
        const ASYNC_SOCKET_HANDLE socket = pair.near_end.handle();
        pending_operations pending(socket);
        meeting both(2);
        gate closed;
        receive_record received;
        received.then = [&](const receive_event&) {
            (void)both.arrive_and_wait();
            async_socket_close(socket);
            closed.open();
        };
        ASSERT_EQ(0, received.start(socket));
        pending.receive(2);
        pending.send();
        ASSERT_TRUE(pair.far_end.send("x", 1));
        (void)both.arrive_and_wait();
        end_(pair.near_end, pending);
        ASSERT_TRUE(end_.returned_in_time(round));
        ASSERT_TRUE(closed.wait());
        pair.near_end.destroy();
        pending.settle();
        pending.expect_ended();
        expect_peer_sees_end(pair.far_end);
    }
}

// Every worker of the engine is inside a close; the callbacks that those closes wait for need one too.
TEST_P(EndingInCallbacksAtOnce, AllWorkersInsideOfAnotherSocket)
{
    constexpr std::size_t count = 4;
    std::deque<open_pair> callers;
    std::deque<open_pair> pairs;
    std::deque<pending_operations> pending;
    std::deque<receive_record> received(count);
    meeting everyone(static_cast<int>(std::min<std::uint32_t>(count, std::get<1>(GetParam()).minimum)));
    for (std::size_t i = 0; i < count; ++i) {
        open_pair& pair = pairs.emplace_back(engine_.handle());
        pending_operations& operations = pending.emplace_back(pair.near_end.handle());
        operations.receive(2);
        operations.send();
        received[i].then = [&, i](const receive_event&) {
            (void)everyone.arrive_and_wait();
            end_(pairs[i].near_end, pending[i]);
        };
        ASSERT_EQ(0, received[i].start(callers.emplace_back(engine_.handle()).near_end.handle()));
    }
    for (open_pair& caller : callers) {
        ASSERT_TRUE(caller.far_end.send("x", 1));
    }
    EXPECT_TRUE(end_.returned_in_time(count));
    for (std::size_t i = 0; i < count; ++i) {
        pending[i].expect_ended();
        expect_peer_sees_end(pairs[i].far_end);
    }
}

TEST_P(EndingInCallbacksAtOnce, AllWorkersInsideOfTheirOwnSocket)
{
    constexpr std::size_t count = 4;
    std::deque<open_pair> pairs;
    std::deque<pending_operations> pending;
    std::deque<receive_record> received(count);
    meeting everyone(static_cast<int>(std::min<std::uint32_t>(count, std::get<1>(GetParam()).minimum)));
    for (std::size_t i = 0; i < count; ++i) {
        open_pair& pair = pairs.emplace_back(engine_.handle());
        received[i].then = [&, i](const receive_event&) {
            (void)everyone.arrive_and_wait();
            end_(pairs[i].near_end, pending[i]);
        };
        ASSERT_EQ(0, received[i].start(pair.near_end.handle()));
        pending_operations& operations = pending.emplace_back(pair.near_end.handle());
        operations.receive(2);
        operations.send();
    }
    for (open_pair& pair : pairs) {
        ASSERT_TRUE(pair.far_end.send("x", 1));
    }
    EXPECT_TRUE(end_.returned_in_time(count));
    for (std::size_t i = 0; i < count; ++i) {
        pending[i].expect_ended();
        expect_peer_sees_end(pairs[i].far_end);
    }
}

// As the two sockets of a proxy would: each callback waits for the other one, which waits for it.
TEST_P(EndingInCallbacksAtOnce, TwoSocketsThatEndEachOtherInManyRounds)
{
    for (int round = 1; round <= rounds_of(50); ++round) {
        std::deque<open_pair> pairs;
        std::deque<pending_operations> pending;
        std::deque<receive_record> received(2);
        meeting both(2);
        for (std::size_t i = 0; i < 2; ++i) {
            const ASYNC_SOCKET_HANDLE socket = pairs.emplace_back(engine_.handle()).near_end.handle();
            received[i].then = [&, other = 1 - i](const receive_event&) {
                (void)both.arrive_and_wait();
                end_(pairs[other].near_end, pending[other]);
            };
            ASSERT_EQ(0, received[i].start(socket));
            pending_operations& operations = pending.emplace_back(socket);
            operations.receive(2);
            operations.send();
        }
        for (open_pair& pair : pairs) {
            ASSERT_TRUE(pair.far_end.send("x", 1));
        }
        ASSERT_TRUE(end_.returned_in_time(2 * round)) << "in round " << round;
        for (std::size_t i = 0; i < 2; ++i) {
            pending[i].expect_ended();
            expect_peer_sees_end(pairs[i].far_end);
            EXPECT_EQ(1U, received[i].count());
        }
    }
}

#if ASYNC_SOCKET_API_VERSION != 1

// The callback that closed belongs to the old connection only; ending the new one does not count on it.
TEST_P(EndingInACallback, AfterAReopenInTheSameCallback)
{
    open_pair pair(engine_.handle());
    loopback_pair fresh = connect_pair();
    pending_operations first(pair.near_end.handle());
    pending_operations second(pair.near_end.handle());
    timed_ending close(ending::close);
    int reopened = -1;
    receive_record received;
    received.then = [&](const receive_event&) {
        close(pair.near_end, first);
        pair.near_end.replace(fresh.near_end);
        reopened = pair.near_end.open();
        second.receive(2);
        second.send();
        end_(pair.near_end, second);
    };
    ASSERT_EQ(0, received.start(pair.near_end.handle()));
    first.receive(2);
    ASSERT_TRUE(pair.far_end.send("x", 1));
    EXPECT_TRUE(end_.returned_in_time());
    EXPECT_TRUE(close.returned_in_time());
    EXPECT_EQ(0, reopened);
    first.expect_ended();
    second.expect_ended();
    expect_peer_sees_end(pair.far_end);
    expect_peer_sees_end(fresh.far_end);
}

#endif

} // namespace
} // namespace contract
