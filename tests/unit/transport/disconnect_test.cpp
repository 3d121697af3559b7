// socket_transport_disconnect and _destroy: what they end, and that they always end.
#include <chrono>
#include <vector>

#include <gtest/gtest.h>

#include "core/platform/last_error.hpp"
#include "core/transport/transport.hpp"
#include "handle_count.hpp"
#include "support/loopback.hpp"
#define ASYNC_SOCKET_TEST_USES_THE_SYSTEMS_RESOLVER
#include "support/scripted_resolver.hpp"
#include "support/waiting.hpp"

namespace {

using namespace async_socket;
using namespace async_socket::test;
using std::chrono::milliseconds;

// "At once" with room for a busy machine.
constexpr milliseconds soon{1000};

constexpr std::uint32_t long_time_ms = 30000;

// Disconnects, and expects that the call and `blocked`, a call that is inside, end soon.
void disconnect_ends(const owned_transport& transport, background& blocked)
{
    const auto begin = std::chrono::steady_clock::now();
    socket_transport_disconnect(transport.get());
    EXPECT_LT(std::chrono::steady_clock::now() - begin, soon);
    ASSERT_TRUE(blocked.finished());
    EXPECT_LT(std::chrono::steady_clock::now() - begin, soon);
}

TEST(TransportDisconnect, EndsABlockedAccept)
{
    for (int round = 0; round < 20; ++round) {
        const listening_transport listener;
        event accepting;
        background acceptor([&] {
            SOCKET_TRANSPORT_HANDLE accepted = nullptr;
            accepting.set();
            EXPECT_EQ(socket_transport_accept(listener.server.get(), &accepted, UINT32_MAX - 1), SOCKET_ACCEPT_ERROR);
            EXPECT_EQ(accepted, nullptr);
        });
        ASSERT_TRUE(accepting.wait());
        disconnect_ends(listener.server, acceptor);
    }
}

TEST(TransportDisconnect, EndsABlockedReceive)
{
    for (int round = 0; round < 20; ++round) {
        const connected_pair pair;
        event receiving;
        background receiver([&] {
            unsigned char byte = 0;
            SOCKET_BUFFER buffer{1, &byte};
            receiving.set();
            EXPECT_EQ(socket_transport_receive(pair.client.get(), &buffer, 1, nullptr, 0, nullptr),
                      SOCKET_RECEIVE_ERROR);
        });
        ASSERT_TRUE(receiving.wait());
        disconnect_ends(pair.client, receiver);
    }
}

// Accepted sockets have the option from their listener. The system's own close would wait for the peer. LINUX_14_004
TEST(TransportDisconnect, DoesNotLinger)
{
    std::vector<unsigned char> bytes(64U << 20U, 0x5A);
    const listening_transport listener;
    linger_at_close(socket_of(listener.server), 8);
    const owned_transport client = new_client();
    ASSERT_EQ(socket_transport_connect(client.get(), "127.0.0.1", listener.port, 10'000), 0);
    SOCKET_TRANSPORT_HANDLE accepted = nullptr;
    ASSERT_EQ(socket_transport_accept(listener.server.get(), &accepted, 10'000), SOCKET_ACCEPT_OK);
    const owned_transport sender(accepted);
    background sending([&] {
        const SOCKET_BUFFER buffer{static_cast<std::uint32_t>(bytes.size()), bytes.data()};
        EXPECT_EQ(socket_transport_send(accepted, &buffer, 1, nullptr, 0, nullptr), SOCKET_SEND_FAILED);
    });
    unsigned char byte = 0;
    SOCKET_BUFFER first{1, &byte};
    ASSERT_EQ(socket_transport_receive(client.get(), &first, 1, nullptr, 0, nullptr), SOCKET_RECEIVE_OK);
    disconnect_ends(sender, sending);
}

TEST(TransportDisconnect, EndsABlockedSendToAPeerThatDoesNotRead)
{
    std::vector<unsigned char> bytes(64U << 20U, 0x5A);
    for (int round = 0; round < 3; ++round) {
        const connected_pair pair;
        background sender([&] {
            const SOCKET_BUFFER buffer{static_cast<std::uint32_t>(bytes.size()), bytes.data()};
            EXPECT_EQ(socket_transport_send(pair.client.get(), &buffer, 1, nullptr, 0, nullptr), SOCKET_SEND_FAILED);
        });
        // The first byte tells that the send has begun; the peer reads no more than that.
        unsigned char byte = 0;
        SOCKET_BUFFER first{1, &byte};
        ASSERT_EQ(socket_transport_receive(pair.accepted.get(), &first, 1, nullptr, 0, nullptr), SOCKET_RECEIVE_OK);
        disconnect_ends(pair.client, sender);
    }
}

TEST(TransportDisconnect, EndsAConnect)
{
    const silent_listener silent(family::ipv4);
    const listening_transport listener;
    for (int round = 0; round < 20; ++round) {
        const owned_transport client = new_client();
        event ended;
        background connector([&] {
            EXPECT_NE(socket_transport_connect(client.get(), "127.0.0.1", silent.port(), UINT32_MAX - 1), 0);
            ended.set();
        });
        // One that comes before the connect has no effect.
        EXPECT_TRUE(wait_until([&] {
            socket_transport_disconnect(client.get());
            return ended.is_set();
        }));
        ASSERT_TRUE(connector.finished());
        EXPECT_EQ(socket_transport_connect(client.get(), "127.0.0.1", listener.port, long_time_ms), 0);
    }
}

// Nobody can be told that it came a moment too late: the connection would stay.
TEST(TransportDisconnect, EndsAConnectThatIsResolving)
{
    const listening_transport listener;
    const owned_transport client = new_client();
    const while_resolving disconnects([&] { socket_transport_disconnect(client.get()); });
    EXPECT_NE(socket_transport_connect(client.get(), ipv4_then_ipv6, listener.port, long_time_ms), 0);
    EXPECT_FALSE(socket_transport_is_valid_socket(client.get()));
}

TEST(TransportDisconnect, BeforeAConnectHasNoEffectOnIt)
{
    const listening_transport listener;
    const owned_transport client = new_client();
    socket_transport_disconnect(client.get());
    EXPECT_EQ(socket_transport_connect(client.get(), "127.0.0.1", listener.port, long_time_ms), 0);
}

TEST(TransportDisconnect, AfterwardsEverythingIsRefusedWithAFreshError)
{
    const connected_pair pair;
    socket_transport_disconnect(pair.client.get());
    EXPECT_FALSE(socket_transport_is_valid_socket(pair.client.get()));
    EXPECT_EQ(socket_of(pair.client), no_socket());
    unsigned char byte = 0;
    SOCKET_BUFFER buffer{1, &byte};
    backend::set_last_error(errors.in_progress);
    EXPECT_EQ(socket_transport_send(pair.client.get(), &buffer, 1, nullptr, 0, nullptr), SOCKET_SEND_ERROR);
    EXPECT_EQ(backend::last_error(), errors.not_connected);
    backend::set_last_error(errors.in_progress);
    EXPECT_EQ(socket_transport_receive(pair.client.get(), &buffer, 1, nullptr, 0, nullptr), SOCKET_RECEIVE_ERROR);
    EXPECT_EQ(backend::last_error(), errors.not_connected);
}

TEST(TransportDisconnect, TwiceIsHarmless)
{
    const connected_pair pair;
    socket_transport_disconnect(pair.client.get());
    const plain_socket reuses_the_handle = bind_loopback(family::ipv4);
    socket_transport_disconnect(pair.client.get());
    EXPECT_NE(port_of(reuses_the_handle.get()), 0) << "the second one closed a socket that is not its own";
}

TEST(TransportDisconnect, ManyAtOnceCloseOnce)
{
    for (int round = 0; round < 100; ++round) {
        const connected_pair pair;
        starting_line line(2);
        background other([&] {
            line.arrive_and_wait();
            socket_transport_disconnect(pair.client.get());
        });
        line.arrive_and_wait();
        socket_transport_disconnect(pair.client.get());
        ASSERT_TRUE(other.finished());
        EXPECT_FALSE(socket_transport_is_valid_socket(pair.client.get()));
    }
}

TEST(TransportDisconnect, ThePeerSeesTheEnd)
{
    const connected_pair pair;
    socket_transport_disconnect(pair.client.get());
    unsigned char byte = 0;
    SOCKET_BUFFER buffer{1, &byte};
    std::uint32_t received = 77;
    EXPECT_EQ(socket_transport_receive(pair.accepted.get(), &buffer, 1, &received, 0, nullptr), SOCKET_RECEIVE_OK);
    EXPECT_EQ(received, 0U);
}

TEST(TransportDisconnect, DestroyOfAnOpenOneDisconnects)
{
    connected_pair pair;
    pair.client.reset();
    unsigned char byte = 0;
    SOCKET_BUFFER buffer{1, &byte};
    std::uint32_t received = 77;
    EXPECT_EQ(socket_transport_receive(pair.accepted.get(), &buffer, 1, &received, 0, nullptr), SOCKET_RECEIVE_OK);
    EXPECT_EQ(received, 0U);
}

// A channel that is open on a transport holds a reference to it.
TEST(TransportDisconnect, DestroyDisconnectsAtOnceAndFreesWithTheLastReference)
{
    connected_pair pair;
    const std::size_t before = open_handles();
    SOCKET_TRANSPORT_HANDLE const handle = pair.client.get();
    auto* const held = reinterpret_cast<core::transport*>(handle);
    held->add_reference();
    pair.client.reset();
    EXPECT_LT(open_handles(), before);
    EXPECT_FALSE(held->is_open());
    EXPECT_EQ(held->handle(), no_socket());
    unsigned char byte = 0;
    const SOCKET_BUFFER buffer{1, &byte};
    EXPECT_EQ(held->send(&buffer, 1, nullptr, 0, nullptr), SOCKET_SEND_ERROR);
    held->disconnect();
    core::transport::release(held);
}

TEST(TransportDisconnect, CallsNeverReachAClosedSocket)
{
    // What comes in while another thread disconnects is done, refused or cancelled, and returns.
    for (int round = 0; round < 100; ++round) {
        const connected_pair pair;
        starting_line line(2);
        background user([&] {
            unsigned char byte = 0;
            const SOCKET_BUFFER buffer{1, &byte};
            line.arrive_and_wait();
            while (socket_transport_send(pair.client.get(), &buffer, 1, nullptr, 0, nullptr) != SOCKET_SEND_ERROR) {
            }
            EXPECT_EQ(backend::last_error(), errors.not_connected);
        });
        line.arrive_and_wait();
        disconnect_ends(pair.client, user);
    }
}

TEST(TransportDisconnect, NoHandlesLeak)
{
    {
        const connected_pair first;
    } // what is made once for the process
    const std::size_t before = open_handles();
    for (int i = 0; i < 200; ++i) {
        const connected_pair pair;
    }
    EXPECT_EQ(open_handles(), before);
}

} // namespace
