// What the peer does, and what happens to the connection behind the library's back.
#include <gtest/gtest.h>

#include <algorithm>
#include <thread>

#include "support/completions.hpp"
#include "support/framed_stream.hpp"

namespace contract {
namespace {

void expect_abandoned(const receive_event& event)
{
    EXPECT_EQ(ASYNC_SOCKET_RECEIVE_ABANDONED, event.result);
    EXPECT_EQ(0U, event.bytes);
}

// Waits until `count` callbacks came, and after the socket is gone looks that there was no other.
void expect_last_abandoned(open_pair& pair, receive_record& received, std::size_t count = 1)
{
    ASSERT_TRUE(received.wait(count));
    pair.near_end.destroy();
    ASSERT_EQ(count, received.count());
    expect_abandoned(received.events().back());
}

// Sends until the system notices the reset; that send's result. A send may still be taken before.
ASYNC_SOCKET_SEND_SYNC_RESULT first_refusal(ASYNC_SOCKET_HANDLE socket, send_record& record, std::size_t& accepted)
{
    for (accepted = 0; accepted < 1000; ++accepted) {
        const ASYNC_SOCKET_SEND_SYNC_RESULT result = record.start(socket, "x", 1);
        if (result != ASYNC_SOCKET_SEND_SYNC_OK) {
            return result;
        }
        if (!record.wait(accepted + 1)) {
            break;
        }
    }
    return ASYNC_SOCKET_SEND_SYNC_OK;
}

TEST(Peer, EndsWhileAReceiveIsPending)
{
    const engine engine;
    receive_record received;
    open_pair pair(engine.handle());
    ASSERT_EQ(0, received.start(pair.near_end.handle()));
    pair.far_end.close();
    expect_last_abandoned(pair, received); // 42_003
}

TEST(Peer, EndsBehindDataThatIsDeliveredFirst)
{
    const engine engine;
    const bytes data = pattern(100000);
    receive_record received;
    open_pair pair(engine.handle());
    ASSERT_TRUE(pair.far_end.send(data));
    pair.far_end.close();
    EXPECT_EQ(data, receive_async(pair.near_end.handle(), data.size()));
    ASSERT_EQ(0, received.start(pair.near_end.handle()));
    expect_last_abandoned(pair, received); // 42_003
}

TEST(Peer, ThatEndsOnlyItsOwnDirectionStillGetsOurs)
{
    const engine engine;
    const bytes data = pattern(4 * mib);
    receive_record received;
    send_record sent;
    open_pair pair(engine.handle());
    ASSERT_EQ(0, received.start(pair.near_end.handle()));
    pair.far_end.shut_down_sending();
    ASSERT_TRUE(received.wait());
    expect_abandoned(received.events()[0]);
    ASSERT_EQ(ASYNC_SOCKET_SEND_SYNC_OK, sent.start(pair.near_end.handle(), data.data(), data.size()));
    EXPECT_TRUE(data == pair.far_end.receive(data.size()));
    ASSERT_TRUE(sent.wait());
    EXPECT_EQ(ASYNC_SOCKET_SEND_OK, sent.results()[0]);
    ASSERT_EQ(0, received.start(pair.near_end.handle())); // the end stays the end
    expect_last_abandoned(pair, received, 2);
}

// Wine cuts a send when a receive that is pending finds the end.
TEST(Peer, ThatEndsOnlyItsOwnDirectionGetsWhatIsUnderWay)
{
    const engine engine;
    const bytes data = pattern(16 * mib); // more than the systems take
    const bytes more = pattern(1000);
    receive_record received;
    send_record sent;
    send_record sent_behind;
    open_pair pair(engine.handle());
    ASSERT_EQ(0, received.start(pair.near_end.handle()));
    ASSERT_EQ(ASYNC_SOCKET_SEND_SYNC_OK, sent.start(pair.near_end.handle(), data.data(), data.size()));
    ASSERT_EQ(ASYNC_SOCKET_SEND_SYNC_OK, sent_behind.start(pair.near_end.handle(), more.data(), more.size()));
    pair.far_end.shut_down_sending();
    ASSERT_TRUE(received.wait());
    expect_abandoned(received.events()[0]);
    EXPECT_TRUE(data == pair.far_end.receive(data.size()));
    EXPECT_TRUE(more == pair.far_end.receive(more.size()));
    ASSERT_TRUE(sent.wait());
    ASSERT_TRUE(sent_behind.wait());
    EXPECT_EQ(ASYNC_SOCKET_SEND_OK, sent.results()[0]);
    EXPECT_EQ(ASYNC_SOCKET_SEND_OK, sent_behind.results()[0]);
}

TEST(Peer, ResetsWhileAReceiveIsPending)
{
    const engine engine;
    receive_record received;
    open_pair pair(engine.handle());
    ASSERT_EQ(0, received.start(pair.near_end.handle()));
    pair.far_end.reset();
    expect_last_abandoned(pair, received); // 42_001, LINUX_13_003
}

TEST(Peer, ResetsWhileNothingIsPending)
{
    const engine engine;
    receive_record received;
    open_pair pair(engine.handle());
    pair.far_end.reset();
    if (received.start(pair.near_end.handle()) == 0) { // a system may also refuse it at once
        expect_last_abandoned(pair, received);
    }
}

TEST(Peer, ASendAfterAResetFindsTheConnectionNotOpen)
{
    const engine engine;
    send_record sent;
    std::size_t accepted = 0;
    open_pair pair(engine.handle());
    pair.far_end.reset();
    EXPECT_EQ(send_refused_not_open, first_refusal(pair.near_end.handle(), sent, accepted)); // 42_002, 01_062
    EXPECT_EQ(reset_error(), last_error());
    pair.near_end.destroy();
    EXPECT_EQ(accepted, sent.count()); // the refused one has no callback
}

// The refused operations were announced to the thread pool; if that were not taken back, the close would
// wait for their callbacks for ever.
TEST(Peer, RefusedSendsDoNotHoldUpTheClose)
{
    const engine engine;
    send_record sent;
    std::size_t accepted = 0;
    open_pair pair(engine.handle());
    pair.far_end.reset();
    for (int i = 0; i < 20; ++i) {
        EXPECT_EQ(send_refused_not_open, first_refusal(pair.near_end.handle(), sent, accepted));
    }
    EXPECT_TRUE(ends_soon([&] { async_socket_close(pair.near_end.handle()); })); // 01_100, 01_060
}

TEST(Peer, ASendAfterAResetThatAReceiveReported)
{
    const engine engine;
    receive_record received;
    send_record sent;
    open_pair pair(engine.handle());
    ASSERT_EQ(0, received.start(pair.near_end.handle()));
    pair.far_end.reset();
    ASSERT_TRUE(received.wait());
    expect_abandoned(received.events()[0]);
    EXPECT_EQ(send_refused_not_open, sent.start(pair.near_end.handle(), "x", 1)); // 42_002
    EXPECT_EQ(reset_error(), last_error());
    pair.near_end.destroy();
    EXPECT_EQ(0U, sent.count());
}

// Whether the bytes before a reset arrive is the system's affair. What arrives is the beginning of them.
TEST(Peer, SendsAndThenResets)
{
    const engine engine;
    const bytes data = pattern(10000);
    for (int round = 0; round < 20; ++round) {
        receive_record received;
        open_pair pair(engine.handle());
        ASSERT_TRUE(pair.far_end.send(data));
        pair.far_end.reset();
        const bytes arrived = receive_async(pair.near_end.handle(), data.size());
        EXPECT_TRUE(std::equal(arrived.begin(), arrived.end(), data.begin()));
        if (received.start(pair.near_end.handle()) == 0) {
            expect_last_abandoned(pair, received);
        }
    }
}

TEST(Peer, EndsInTheMiddleOfALargeSend)
{
    const engine engine;
    const bytes data = pattern(64 * mib);
    send_record sent;
    open_pair pair(engine.handle());
    ASSERT_EQ(ASYNC_SOCKET_SEND_SYNC_OK, sent.start(pair.near_end.handle(), data.data(), data.size()));
    const bytes beginning = pair.far_end.receive(mib);
    EXPECT_TRUE(std::equal(beginning.begin(), beginning.end(), data.begin()));
    pair.far_end.close();
    ASSERT_TRUE(sent.wait());
    pair.near_end.destroy();
    EXPECT_EQ(std::vector{ASYNC_SOCKET_SEND_ERROR}, sent.results()); // 01_067
}

TEST(Peer, ResetsWhileSeveralSendsArePending)
{
    const engine engine;
    const bytes data = pattern(16 * mib);
    send_record sent;
    open_pair pair(engine.handle());
    for (int i = 0; i < 5; ++i) {
        ASSERT_EQ(ASYNC_SOCKET_SEND_SYNC_OK, sent.start(pair.near_end.handle(), data.data(), data.size()));
    }
    EXPECT_EQ(mib, pair.far_end.receive(mib).size());
    pair.far_end.reset();
    ASSERT_TRUE(sent.wait(5));
    pair.near_end.destroy();
    EXPECT_EQ(std::vector(5, ASYNC_SOCKET_SEND_ERROR), sent.results()); // 01_067
}

TEST(Connection, ThatWasShutDownForSendingRefusesSends)
{
    const engine engine;
    send_record sent;
    open_pair pair(engine.handle());
    shut_down_sending(pair.connection.near_end);
    for (int i = 0; i < 20; ++i) {
        EXPECT_EQ(ASYNC_SOCKET_SEND_SYNC_ERROR, sent.start(pair.near_end.handle(), "x", 1)); // 01_106, 01_029
    }
    EXPECT_TRUE(pair.far_end.sees_end());
    ASSERT_TRUE(pair.far_end.send("still", 5));
    EXPECT_EQ(5U, receive_async(pair.near_end.handle(), 5).size());
    EXPECT_TRUE(ends_soon([&] { async_socket_close(pair.near_end.handle()); }));
    EXPECT_EQ(0U, sent.count());
}

TEST(Connection, ThatWasShutDownForReceivingHasNoMoreToReceive)
{
    constexpr std::size_t tries = 20;
    const std::size_t accepted = shut_down_receives_are_refused() ? 0 : tries;
    const engine engine;
    receive_record received;
    send_record sent;
    open_pair pair(engine.handle());
    shut_down_receiving(pair.connection.near_end);
    for (std::size_t i = 0; i < tries; ++i) {
        EXPECT_EQ(accepted == 0, received.start(pair.near_end.handle()) != 0); // 01_054, 01_084
    }
    ASSERT_EQ(ASYNC_SOCKET_SEND_SYNC_OK, sent.start(pair.near_end.handle(), "still", 5));
    EXPECT_EQ(5U, pair.far_end.receive(5).size());
    ASSERT_TRUE(sent.wait());
    ASSERT_TRUE(received.wait(accepted)); // before our close ends them
    // The refused receives were announced to the thread pool; the close would wait for them.
    EXPECT_TRUE(ends_soon([&] { async_socket_close(pair.near_end.handle()); })); // 01_099, 01_081
    ASSERT_EQ(accepted, received.count());
    for (const receive_event& event : received.events()) {
        expect_abandoned(event);
    }
}

// The system cancels the only receive of a socket that is open: nothing is wrong with the connection.
TEST(Connection, ACancelledReceiveGoesOn)
{
    const engine engine;
    receive_record received;
    open_pair pair(engine.handle());
    ASSERT_EQ(0, received.start(pair.near_end.handle()));
    for (int i = 0; i < 100; ++i) {
        cancel_pending(pair.connection.near_end);
    }
    ASSERT_TRUE(pair.far_end.send("data", 4));
    ASSERT_TRUE(received.wait());
    pair.near_end.destroy();
    ASSERT_EQ(1U, received.count());
    EXPECT_EQ(ASYNC_SOCKET_RECEIVE_OK, received.events()[0].result);
    EXPECT_EQ(4U, received.events()[0].bytes);
}

TEST(Connection, SeveralCancelledReceivesGoOnInTheirOrder)
{
    const engine engine;
    const bytes data = pattern(20);
    bytes arrived;
    receive_record received[5]{receive_record(4), receive_record(4), receive_record(4), receive_record(4),
                               receive_record(4)};
    open_pair pair(engine.handle());
    for (receive_record& each : received) {
        ASSERT_EQ(0, each.start(pair.near_end.handle()));
    }
    cancel_pending(pair.connection.near_end);
    ASSERT_TRUE(pair.far_end.send(data));
    for (receive_record& each : received) {
        ASSERT_TRUE(each.wait());
        EXPECT_EQ(ASYNC_SOCKET_RECEIVE_OK, each.events()[0].result);
        EXPECT_EQ(4U, each.events()[0].bytes);
        arrived.insert(arrived.end(), each.memory.begin(), each.memory.end());
    }
    EXPECT_EQ(data, arrived);
    pair.near_end.destroy();
    for (receive_record& each : received) {
        EXPECT_EQ(1U, each.count());
    }
}

TEST(Connection, ACancelledSendGoesOnWhereItWasCut)
{
    const engine engine;
    const bytes data = pattern(48 * mib);
    bytes arrived;
    send_record sent;
    open_pair pair(engine.handle());
    ASSERT_EQ(ASYNC_SOCKET_SEND_SYNC_OK, sent.start(pair.near_end.handle(), data.data(), data.size()));
    while (arrived.size() < data.size()) {
        cancel_pending(pair.connection.near_end);
        const bytes more = pair.far_end.receive(std::min(mib, data.size() - arrived.size()));
        if (more.empty()) {
            break;
        }
        arrived.insert(arrived.end(), more.begin(), more.end());
    }
    EXPECT_TRUE(data == arrived);
    ASSERT_TRUE(sent.wait());
    pair.near_end.destroy();
    EXPECT_EQ(std::vector{ASYNC_SOCKET_SEND_OK}, sent.results());
}

// One is cut in the middle, those behind it have not begun; none is lost, doubled or overtaken.
TEST(Connection, SeveralCancelledSendsGoOnInTheirOrder)
{
    const engine engine;
    std::vector<bytes> messages;
    std::size_t total = 0;
    for (std::uint32_t i = 0; i < 100; ++i) {
        messages.push_back(make_message(1, i, 1 + i * 7919 % 400000));
        total += messages.back().size();
    }
    send_record sent;
    open_pair pair(engine.handle());
    for (const bytes& message : messages) {
        ASSERT_EQ(ASYNC_SOCKET_SEND_SYNC_OK, sent.start(pair.near_end.handle(), message.data(), message.size()));
    }
    cancel_pending(pair.connection.near_end);
    EXPECT_EQ("", stream_problem(pair.far_end.receive(total), messages.size()));
    ASSERT_TRUE(sent.wait(messages.size()));
    EXPECT_TRUE(std::vector(messages.size(), ASYNC_SOCKET_SEND_OK) == sent.results());
}

#if ASYNC_SOCKET_API_VERSION == 2
TEST(Connection, ThatWasDisconnectedEndsItsReceiveAndRefusesTheRest)
{
    const engine engine;
    receive_record received;
    receive_record refused_receive;
    send_record refused_send;
    open_pair pair(engine.handle());
    ASSERT_EQ(0, received.start(pair.near_end.handle()));
    socket_transport_disconnect(pair.near_end.transport());
    EXPECT_TRUE(pair.far_end.sees_end());
    ASSERT_TRUE(received.wait());
    for (int i = 0; i < 20; ++i) {
        EXPECT_EQ(ASYNC_SOCKET_SEND_SYNC_ERROR, refused_send.start(pair.near_end.handle(), "x", 1)); // 01_106
        EXPECT_NE(0, refused_receive.start(pair.near_end.handle()));                                 // 01_084
    }
    EXPECT_TRUE(ends_soon([&] { async_socket_close(pair.near_end.handle()); })); // 01_099, 01_106
    socket_transport_disconnect(pair.near_end.transport());
    ASSERT_EQ(1U, received.count());
    expect_abandoned(received.events()[0]);
    EXPECT_EQ(0U, refused_send.count());
    EXPECT_EQ(0U, refused_receive.count());
}

TEST(Connection, ThatWasDisconnectedEndsALargeSend)
{
    const engine engine;
    const bytes data = pattern(64 * mib);
    send_record sent;
    open_pair pair(engine.handle());
    ASSERT_EQ(ASYNC_SOCKET_SEND_SYNC_OK, sent.start(pair.near_end.handle(), data.data(), data.size()));
    EXPECT_TRUE(ends_soon([&] { socket_transport_disconnect(pair.near_end.transport()); }));
    ASSERT_TRUE(sent.wait());
    EXPECT_TRUE(ends_soon([&] { async_socket_close(pair.near_end.handle()); }));
    EXPECT_EQ(std::vector{ASYNC_SOCKET_SEND_ERROR}, sent.results()); // 01_067
}
#endif

} // namespace
} // namespace contract
