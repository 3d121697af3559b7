// Generation 2: the socket transport is the caller's, who may disconnect and free it before or after
// the async socket is closed.
#include <gtest/gtest.h>

#include "support/ending.hpp"

#if ASYNC_SOCKET_API_VERSION == 2

namespace contract {
namespace {

// An open socket with operations pending in both directions, on a transport that the test frees.
class DisconnectedTransport : public testing::Test {
protected:
    DisconnectedTransport()
    {
        transport_ = socket_transport_create_from_socket(connection_.near_end);
        socket_ = async_socket_create(engine_.handle());
        const auto on_open = [](void*, ASYNC_SOCKET_OPEN_RESULT) {};
        if (async_socket_open_async(socket_, transport_, on_open, nullptr) != 0) {
            throw std::runtime_error("async_socket_open_async");
        }
        pending_ = std::make_unique<pending_operations>(socket_);
        pending_->receive(2);
        pending_->send(2);
    }

    static void expect_quick(std::function<void()> action)
    {
        EXPECT_TRUE(ends_within(ending_limit, std::move(action)));
    }
    void disconnect()
    {
        expect_quick([this] { socket_transport_disconnect(transport_); });
    }
    void destroy_transport()
    {
        expect_quick([this] { socket_transport_destroy(transport_); });
    }
    void close()
    {
        expect_quick([this] { async_socket_close(socket_); });
        pending_->settle();
    }
    void destroy()
    {
        expect_quick([this] { async_socket_destroy(socket_); });
        pending_->settle();
    }
    void expect_ended()
    {
        pending_->expect_ended();
        expect_peer_sees_end(connection_.far_end);
    }

    engine engine_;
    loopback_pair connection_ = connect_pair();
    SOCKET_TRANSPORT_HANDLE transport_ = nullptr;
    ASYNC_SOCKET_HANDLE socket_ = nullptr;
    std::unique_ptr<pending_operations> pending_;
};

TEST_F(DisconnectedTransport, ByTheCloseItself) // 01_021
{
    close();
    EXPECT_FALSE(socket_transport_is_valid_socket(transport_));
    expect_ended();
    destroy();
    destroy_transport();
}

TEST_F(DisconnectedTransport, AfterTheClose)
{
    close();
    disconnect();
    expect_ended();
    destroy();
    destroy_transport();
}

TEST_F(DisconnectedTransport, DuringTheCloseInManyRounds)
{
    destroy();
    destroy_transport();
    for (int round = 0; round < 100; ++round) {
        open_pair pair(engine_.handle());
        pending_operations pending(pair.near_end.handle());
        pending.send();
        receive_record received;
        ASSERT_EQ(0, received.start(pair.near_end.handle()));
        meeting both(2);
        std::thread other([&] {
            (void)both.arrive_and_wait();
            socket_transport_disconnect(pair.near_end.transport());
        });
        timed_ending close(ending::close);
        (void)both.arrive_and_wait();
        close(pair.near_end, pending);
        EXPECT_TRUE(close.returned_in_time());
        other.join();
        pending.expect_ended();
        // What ended the receive is a matter of who was first.
        EXPECT_EQ(1U, received.count());
        expect_peer_sees_end(pair.far_end);
    }
}

TEST_F(DisconnectedTransport, AndDestroyedAfterTheCloseAndBeforeTheAsyncSocket)
{
    close();
    destroy_transport();
    destroy();
    expect_ended();
}

TEST_F(DisconnectedTransport, ByDestroyingItUnderAnOpenAsyncSocket)
{
    destroy_transport();
    expect_peer_sees_end(connection_.far_end);
    send_record sent;
    EXPECT_EQ(ASYNC_SOCKET_SEND_SYNC_ERROR, sent.start(socket_, "x", 1)); // 01_106
    destroy();
    pending_->expect_ended();
}

TEST_F(DisconnectedTransport, ByDestroyingItWhileAnotherThreadClosesInManyRounds)
{
    destroy();
    destroy_transport();
    for (int round = 0; round < 50; ++round) {
        loopback_pair connection = connect_pair();
        const SOCKET_TRANSPORT_HANDLE transport = socket_transport_create_from_socket(connection.near_end);
        const ASYNC_SOCKET_HANDLE socket = async_socket_create(engine_.handle());
        ASSERT_EQ(0, async_socket_open_async(
                         socket, transport, [](void*, ASYNC_SOCKET_OPEN_RESULT) {}, nullptr));
        receive_record received;
        send_record sent;
        ASSERT_EQ(0, received.start(socket));
        ASSERT_EQ(ASYNC_SOCKET_SEND_SYNC_OK, sent.start(socket, large_payload().data(), large_payload().size()));
        meeting both(2);
        std::thread other([&] {
            (void)both.arrive_and_wait();
            socket_transport_destroy(transport);
        });
        (void)both.arrive_and_wait();
        expect_quick([socket] { async_socket_close(socket); });
        EXPECT_EQ(1U, received.count());
        EXPECT_EQ(std::vector{ASYNC_SOCKET_SEND_ERROR}, sent.results());
        other.join();
        async_socket_destroy(socket);
        expect_peer_sees_end(connection.far_end);
    }
}

TEST_F(DisconnectedTransport, ByDestroyingTheAsyncSocket) // 01_006
{
    destroy();
    EXPECT_FALSE(socket_transport_is_valid_socket(transport_));
    destroy_transport();
    expect_ended();
}

// The disconnect is the caller's, on an async socket that is and stays OPEN until it is ended.
class DisconnectInsteadOfClose : public testing::TestWithParam<ending> {
protected:
    void expect_ends(async_end& socket, pending_operations& none)
    {
        timed_ending end(GetParam());
        end(socket, none);
        EXPECT_TRUE(end.returned_in_time());
    }
};

INSTANTIATE_TEST_SUITE_P(Row, DisconnectInsteadOfClose, testing::Values(ending::close, ending::destroy),
                         [](const auto& parameter) { return name_of(parameter.param); });

TEST_P(DisconnectInsteadOfClose, EndsWhatIsPending)
{
    const engine engine;
    for (const std::size_t receives : {1U, 3U}) {
        open_pair pair(engine.handle());
        const ASYNC_SOCKET_HANDLE socket = pair.near_end.handle();
        pending_operations none(socket);
        std::deque<receive_record> received(receives);
        for (receive_record& each : received) {
            ASSERT_EQ(0, each.start(socket));
        }
        send_record sent;
        ASSERT_EQ(ASYNC_SOCKET_SEND_SYNC_OK, sent.start(socket, large_payload().data(), large_payload().size()));
        EXPECT_TRUE(ends_within(ending_limit, [&] { socket_transport_disconnect(pair.near_end.transport()); }));
        for (receive_record& each : received) {
            ASSERT_TRUE(each.wait());
            EXPECT_EQ(ASYNC_SOCKET_RECEIVE_ABANDONED, each.events()[0].result);
            EXPECT_EQ(0U, each.events()[0].bytes);
        }
        ASSERT_TRUE(sent.wait());
        EXPECT_EQ(ASYNC_SOCKET_SEND_ERROR, sent.results()[0]);
        expect_peer_sees_end(pair.far_end);
        expect_ends(pair.near_end, none);
        EXPECT_EQ(1U, sent.count());
    }
}

TEST_P(DisconnectInsteadOfClose, RefusesFurtherCalls)
{
    const engine engine;
    open_pair pair(engine.handle());
    pending_operations none(pair.near_end.handle());
    socket_transport_disconnect(pair.near_end.transport());
    send_record sent;
    receive_record received;
    EXPECT_EQ(ASYNC_SOCKET_SEND_SYNC_ERROR, sent.start(pair.near_end.handle(), "x", 1)); // 01_106
    EXPECT_NE(0, received.start(pair.near_end.handle()));                                // 01_099
    expect_ends(pair.near_end, none);
    EXPECT_EQ(0U, sent.count() + received.count());
}

TEST_P(DisconnectInsteadOfClose, InACallback)
{
    for (const std::uint32_t threads : {4U, 1U}) {
        const engine engine(threads, threads);
        open_pair pair(engine.handle());
        pending_operations none(pair.near_end.handle());
        receive_record other;
        timed_ending end(GetParam());
        receive_record received;
        received.then = [&](const receive_event&) {
            socket_transport_disconnect(pair.near_end.transport());
            end(pair.near_end, none);
        };
        ASSERT_EQ(0, received.start(pair.near_end.handle()));
        ASSERT_EQ(0, other.start(pair.near_end.handle()));
        ASSERT_TRUE(pair.far_end.send("x", 1));
        EXPECT_TRUE(end.returned_in_time());
        EXPECT_EQ(1U, other.count());
        expect_peer_sees_end(pair.far_end);
    }
}

} // namespace
} // namespace contract

#endif
