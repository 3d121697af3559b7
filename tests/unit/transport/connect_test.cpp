// socket_transport_connect: a name to a connected socket, within a time.
#include <chrono>
#include <memory>
#include <string>

#include <gtest/gtest.h>

#include "async_socket/log.h"
#include "support/loopback.hpp"
#define ASYNC_SOCKET_TEST_USES_THE_SYSTEMS_RESOLVER
#include "support/scripted_resolver.hpp"

namespace {

using namespace async_socket;
using namespace async_socket::test;
using std::chrono::milliseconds;

// How long a connect took, and whether it succeeded.
struct attempt {
    bool connected;
    milliseconds took;
};

attempt try_to_connect(const owned_transport& client, const char* host, std::uint16_t port, std::uint32_t timeout_ms)
{
    const auto begin = std::chrono::steady_clock::now();
    const bool connected = socket_transport_connect(client.get(), host, port, timeout_ms) == 0;
    return {connected, std::chrono::duration_cast<milliseconds>(std::chrono::steady_clock::now() - begin)};
}

void expect_refused_at_once(family which, const char* host)
{
    // Bound but not listening: the port is ours, and nobody answers there.
    const plain_socket bound = bind_loopback(which);
    ASSERT_TRUE(bound);
    const owned_transport client = new_client();
    const attempt refused = try_to_connect(client, host, port_of(bound.get()), long_time_ms);
    EXPECT_FALSE(refused.connected);
    EXPECT_LT(refused.took, milliseconds(long_time_ms / 2));
    EXPECT_FALSE(socket_transport_is_valid_socket(client.get()));
    EXPECT_EQ(socket_of(client), no_socket());
}

TEST(TransportConnect, ByAddress)
{
    const listening_transport listener;
    for (const char* host : {"127.0.0.1", "::1", "localhost"}) {
        const owned_transport client = new_client();
        EXPECT_EQ(socket_transport_connect(client.get(), host, listener.port, long_time_ms), 0) << host;
        EXPECT_TRUE(socket_transport_is_valid_socket(client.get()));
        EXPECT_NE(socket_of(client), no_socket());
    }
}

// The callback has no context.
std::string& logged()
{
    static std::string message;
    return message;
}

TEST(TransportConnect, ARefusalIsLoggedByItsNumberAndInWords)
{
    const plain_socket bound = bind_loopback(family::ipv4);
    const owned_transport client = new_client();
    const std::string port = std::to_string(port_of(bound.get()));
    async_socket_set_log_callback([](ASYNC_SOCKET_LOG_LEVEL, const char* message) { logged() = message; });
    EXPECT_NE(socket_transport_connect(client.get(), "127.0.0.1", port_of(bound.get()), long_time_ms), 0);
    async_socket_set_log_callback(nullptr);
    const std::string beginning = "cannot connect to 127.0.0.1 port " + port + ": error ";
    ASSERT_EQ(logged().substr(0, beginning.size()), beginning);
    EXPECT_GT(std::stoi(logged().substr(beginning.size())), 0);
    EXPECT_NE(logged().find(" ("), std::string::npos) << logged();
    EXPECT_EQ(logged().back(), ')') << logged();
}

TEST(TransportConnect, ARefusedPortFailsAtOnce)
{
    expect_refused_at_once(family::ipv4, "127.0.0.1");
}

TEST(TransportConnect, ARefusedPortFailsAtOnceByIPv6)
{
    expect_refused_at_once(family::ipv6, "::1");
}

TEST(TransportConnect, ARefusedAddressIsPassedOver)
{
    // The listener is at one of the two addresses only.
    for (const family which : {family::ipv4, family::ipv6}) {
        for (const char* host : {ipv6_then_ipv4, ipv4_then_ipv6}) {
            const plain_socket listener = listen_loopback(which);
            ASSERT_TRUE(listener);
            const owned_transport client = new_client();
            const attempt reached = try_to_connect(client, host, port_of(listener.get()), long_time_ms);
            EXPECT_TRUE(reached.connected) << host;
            EXPECT_LT(reached.took, milliseconds(long_time_ms / 2)) << host;
        }
    }
}

TEST(TransportConnect, AddressesAreTriedInTheResolversOrder)
{
    const listening_transport listener; // at both
    const owned_transport first = new_client();
    ASSERT_EQ(socket_transport_connect(first.get(), ipv6_then_ipv4, listener.port, long_time_ms), 0);
    EXPECT_EQ(family_of(socket_of(first)), family::ipv6);
    const owned_transport second = new_client();
    ASSERT_EQ(socket_transport_connect(second.get(), ipv4_then_ipv6, listener.port, long_time_ms), 0);
    EXPECT_EQ(family_of(socket_of(second)), family::ipv4);
}

TEST(TransportConnect, WhenAllAddressesRefuseItFailsAtOnce)
{
    const plain_socket bound = bind_loopback(family::ipv4);
    const plain_socket same_port = bind_loopback(family::ipv6, port_of(bound.get()));
    const owned_transport client = new_client();
    const attempt refused = try_to_connect(client, ipv6_then_ipv4, port_of(bound.get()), long_time_ms);
    EXPECT_FALSE(refused.connected);
    EXPECT_LT(refused.took, milliseconds(long_time_ms / 2));
}

TEST(TransportConnect, GivesUpAfterItsTime)
{
    const silent_listener listener(family::ipv4);
    const owned_transport client = new_client();
    const attempt failed = try_to_connect(client, "127.0.0.1", listener.port(), 300);
    EXPECT_FALSE(failed.connected);
    EXPECT_GE(failed.took, milliseconds(250));
    EXPECT_LT(failed.took, milliseconds(5000));
    EXPECT_FALSE(socket_transport_is_valid_socket(client.get()));
}

TEST(TransportConnect, TheTimeBoundsAllAddressesTogether)
{
    const silent_listener first(family::ipv4);
    const silent_listener second(family::ipv6, first.port());
    const owned_transport client = new_client();
    const attempt failed = try_to_connect(client, ipv6_then_ipv4, first.port(), 1000);
    EXPECT_FALSE(failed.connected);
    EXPECT_GE(failed.took, milliseconds(900));
    EXPECT_LT(failed.took, milliseconds(1900)) << "each address had the whole time";
}

// Two listeners on one port, of which one is silent. In the other family another program may have the port.
struct half_silent {
    explicit half_silent(family silent_one)
    {
        for (int tries = 0; tries < 100 && !listener; ++tries) {
            silent = std::make_unique<silent_listener>(silent_one);
            listener = listen_loopback(silent_one == family::ipv4 ? family::ipv6 : family::ipv4, silent->port());
        }
    }

    std::unique_ptr<silent_listener> silent;
    plain_socket listener;
};

TEST(TransportConnect, AnAddressThatDoesNotAnswerLeavesTimeForTheNext)
{
    for (const family silent_one : {family::ipv4, family::ipv6}) {
        const half_silent listeners(silent_one);
        ASSERT_TRUE(listeners.listener);
        const owned_transport client = new_client();
        const char* const silent_first = silent_one == family::ipv4 ? ipv4_then_ipv6 : ipv6_then_ipv4;
        EXPECT_TRUE(try_to_connect(client, silent_first, listeners.silent->port(), 4000).connected) << silent_first;
    }
}

TEST(TransportConnect, NoTimeAtAllFailsRatherThanWaiting)
{
    const silent_listener listener(family::ipv4);
    const owned_transport client = new_client();
    const attempt failed = try_to_connect(client, "127.0.0.1", listener.port(), 0);
    EXPECT_FALSE(failed.connected);
    EXPECT_LT(failed.took, milliseconds(5000));
}

TEST(TransportConnect, ANameThatDoesNotResolveFails)
{
    const owned_transport client = new_client();
    EXPECT_NE(socket_transport_connect(client.get(), "no such host", 1, long_time_ms), 0);
    EXPECT_NE(socket_transport_connect(client.get(), "", 0, long_time_ms), 0);
    EXPECT_FALSE(socket_transport_is_valid_socket(client.get()));
}

TEST(TransportConnect, AFailedHandleCanBeUsedAgain)
{
    const plain_socket bound = bind_loopback(family::ipv4);
    const listening_transport listener;
    const owned_transport client = new_client();
    EXPECT_NE(socket_transport_connect(client.get(), "127.0.0.1", port_of(bound.get()), long_time_ms), 0);
    EXPECT_EQ(socket_transport_connect(client.get(), "127.0.0.1", listener.port, long_time_ms), 0);
}

TEST(TransportConnect, AConnectedHandleIsRefusedAndKeepsItsConnection)
{
    const listening_transport listener;
    const connected_pair pair;
    const SOCKET_HANDLE before = socket_of(pair.client);
    EXPECT_NE(socket_transport_connect(pair.client.get(), "127.0.0.1", listener.port, long_time_ms), 0);
    EXPECT_EQ(socket_of(pair.client), before);
    EXPECT_TRUE(socket_transport_is_valid_socket(pair.client.get()));
}

TEST(TransportConnect, ADisconnectedHandleConnectsAgain)
{
    const listening_transport listener;
    const owned_transport client = new_client();
    for (int round = 0; round < 3; ++round) {
        ASSERT_EQ(socket_transport_connect(client.get(), "127.0.0.1", listener.port, long_time_ms), 0);
        socket_transport_disconnect(client.get());
        EXPECT_FALSE(socket_transport_is_valid_socket(client.get()));
    }
}

} // namespace
