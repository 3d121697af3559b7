// socket_transport_listen
#include <gtest/gtest.h>

#include "handle_count.hpp"
#include "support/loopback.hpp"

namespace {

using namespace async_socket;
using namespace async_socket::test;

bool can_connect(const char* host, std::uint16_t port)
{
    const owned_transport client = new_client();
    return socket_transport_connect(client.get(), host, port, long_time_ms) == 0;
}

TEST(TransportListen, IsReachedByBothFamilies)
{
    const listening_transport listener;
    EXPECT_TRUE(socket_transport_is_valid_socket(listener.server.get()));
    EXPECT_TRUE(can_connect("127.0.0.1", listener.port));
    EXPECT_TRUE(can_connect("::1", listener.port));
}

TEST(TransportListen, AUsedPortFailsAndLeavesNothing)
{
    const listening_transport first;
    const owned_transport second = new_server();
    EXPECT_NE(socket_transport_listen(second.get(), first.port), 0);
    const std::size_t before = open_handles();
    for (int i = 0; i < 10; ++i) {
        EXPECT_NE(socket_transport_listen(second.get(), first.port), 0);
    }
    EXPECT_EQ(open_handles(), before);
    EXPECT_FALSE(socket_transport_is_valid_socket(second.get()));
    EXPECT_EQ(socket_of(second), no_socket());
    EXPECT_TRUE(can_connect("127.0.0.1", first.port));
}

TEST(TransportListen, AFailedHandleCanBeUsedAgain)
{
    const listening_transport first;
    const owned_transport second = new_server();
    EXPECT_NE(socket_transport_listen(second.get(), first.port), 0);
    ASSERT_EQ(socket_transport_listen(second.get(), 0), 0);
    EXPECT_TRUE(can_connect("127.0.0.1", port_of(socket_of(second))));
}

TEST(TransportListen, AListeningHandleIsRefusedAndGoesOn)
{
    const listening_transport listener;
    EXPECT_NE(socket_transport_listen(listener.server.get(), 0), 0);
    EXPECT_EQ(port_of(socket_of(listener.server)), listener.port);
    EXPECT_TRUE(can_connect("127.0.0.1", listener.port));
}

TEST(TransportListen, ADisconnectedHandleListensAgain)
{
    const owned_transport server = new_server();
    for (int round = 0; round < 3; ++round) {
        ASSERT_EQ(socket_transport_listen(server.get(), 0), 0);
        EXPECT_TRUE(can_connect("127.0.0.1", port_of(socket_of(server))));
        socket_transport_disconnect(server.get());
        EXPECT_FALSE(socket_transport_is_valid_socket(server.get()));
    }
}

} // namespace
