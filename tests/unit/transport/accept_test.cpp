// socket_transport_accept
#include <chrono>
#include <vector>

#include <gtest/gtest.h>

#include "core/platform/last_error.hpp"
#include "support/loopback.hpp"
#include "support/waiting.hpp"

namespace {

using namespace async_socket;
using namespace async_socket::test;
using std::chrono::milliseconds;

owned_transport accept(const listening_transport& listener)
{
    SOCKET_TRANSPORT_HANDLE accepted = nullptr;
    EXPECT_EQ(socket_transport_accept(listener.server.get(), &accepted, long_time_ms), SOCKET_ACCEPT_OK);
    return owned_transport(accepted);
}

void expect_no_connection(const listening_transport& listener, std::uint32_t timeout_ms)
{
    auto accepted = reinterpret_cast<SOCKET_TRANSPORT_HANDLE>(std::uintptr_t{0x55});
    const auto begin = std::chrono::steady_clock::now();
    EXPECT_EQ(socket_transport_accept(listener.server.get(), &accepted, timeout_ms), SOCKET_ACCEPT_NO_CONNECTION);
    const auto took = std::chrono::steady_clock::now() - begin;
    EXPECT_EQ(accepted, nullptr);
    EXPECT_GE(took + milliseconds(20), milliseconds(timeout_ms)); // the system's clock is coarse
    EXPECT_LT(took, milliseconds(timeout_ms) + deadline);
}

TEST(TransportAccept, NobodyCame)
{
    const listening_transport listener;
    expect_no_connection(listener, 0);
    expect_no_connection(listener, 100);
}

TEST(TransportAccept, GivesAnOpenClient)
{
    const listening_transport listener;
    const owned_transport client = new_client();
    ASSERT_EQ(socket_transport_connect(client.get(), "127.0.0.1", listener.port, long_time_ms), 0);
    const owned_transport accepted = accept(listener);
    ASSERT_NE(accepted.get(), nullptr);
    EXPECT_TRUE(socket_transport_is_valid_socket(accepted.get()));
    EXPECT_NE(socket_transport_listen(accepted.get(), 0), 0); // not a server
    expect_no_connection(listener, 0);
}

TEST(TransportAccept, WaitsForAConnection)
{
    const listening_transport listener;
    event accepting;
    owned_transport accepted;
    background acceptor([&] {
        accepting.set();
        accepted = accept(listener);
    });
    ASSERT_TRUE(accepting.wait());
    const owned_transport client = new_client();
    EXPECT_EQ(socket_transport_connect(client.get(), "127.0.0.1", listener.port, long_time_ms), 0);
    ASSERT_TRUE(acceptor.finished());
    EXPECT_TRUE(socket_transport_is_valid_socket(accepted.get()));
}

TEST(TransportAccept, EveryOneOfManyWaitingConnectionsIsAccepted)
{
    constexpr int connections = 50;
    const listening_transport listener;
    std::vector<owned_transport> clients;
    for (int i = 0; i < connections; ++i) {
        clients.push_back(new_client());
        ASSERT_EQ(socket_transport_connect(clients.back().get(), "127.0.0.1", listener.port, long_time_ms), 0);
    }
    for (int i = 0; i < connections; ++i) {
        EXPECT_NE(accept(listener).get(), nullptr);
    }
    expect_no_connection(listener, 0);
}

TEST(TransportAccept, TwoThreadsAcceptOnOneListener)
{
    const listening_transport listener;
    constexpr int each = 20;
    const auto accept_some = [&] {
        for (int i = 0; i < each; ++i) {
            EXPECT_NE(accept(listener).get(), nullptr);
        }
    };
    background first(accept_some);
    background second(accept_some);
    for (int i = 0; i < 2 * each; ++i) {
        const owned_transport client = new_client();
        EXPECT_EQ(socket_transport_connect(client.get(), "127.0.0.1", listener.port, long_time_ms), 0);
    }
    EXPECT_TRUE(first.finished());
    EXPECT_TRUE(second.finished());
}

TEST(TransportAccept, AnAcceptedConnectionBlocks)
{
    const connected_pair pair;
    // A receive without data runs into the socket's own timeout; one that does not block would say at once
    // that it would have to.
    limit_receive_time(socket_of(pair.accepted), 50);
    unsigned char byte = 0;
    SOCKET_BUFFER buffer{1, &byte};
    EXPECT_EQ(socket_transport_receive(pair.accepted.get(), &buffer, 1, nullptr, 0, nullptr), SOCKET_RECEIVE_ERROR);
    EXPECT_EQ(backend::last_error(), errors.timed_out);
}

TEST(TransportAccept, NoSocketIsInheritedByChildProcesses)
{
    const listening_transport listener;
    const connected_pair pair;
    EXPECT_FALSE(is_inherited(socket_of(listener.server)));
    EXPECT_FALSE(is_inherited(socket_of(pair.client)));
    EXPECT_FALSE(is_inherited(socket_of(pair.accepted)));
}

TEST(TransportAccept, AnAcceptedConnectionOutlivesItsListener)
{
    const connected_pair pair; // the listener is gone already
    unsigned char byte = 7;
    SOCKET_BUFFER buffer{1, &byte};
    EXPECT_EQ(socket_transport_send(pair.client.get(), &buffer, 1, nullptr, 0, nullptr), SOCKET_SEND_OK);
    EXPECT_EQ(socket_transport_receive(pair.accepted.get(), &buffer, 1, nullptr, 0, nullptr), SOCKET_RECEIVE_OK);
}

TEST(TransportAccept, ADisconnectedListenerAcceptsNothing)
{
    const listening_transport listener;
    const owned_transport client = new_client();
    ASSERT_EQ(socket_transport_connect(client.get(), "127.0.0.1", listener.port, long_time_ms), 0);
    socket_transport_disconnect(listener.server.get());
    auto accepted = reinterpret_cast<SOCKET_TRANSPORT_HANDLE>(std::uintptr_t{0x55});
    EXPECT_EQ(socket_transport_accept(listener.server.get(), &accepted, long_time_ms), SOCKET_ACCEPT_ERROR);
    EXPECT_EQ(accepted, nullptr);
}

} // namespace
