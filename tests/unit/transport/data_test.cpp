// socket_transport_send and _receive on an open connection.
#include <array>
#include <cstring>
#include <string>

#include <gtest/gtest.h>

#include "core/platform/last_error.hpp"
#include "support/loopback.hpp"
#include "support/waiting.hpp"

namespace {

using namespace async_socket;
using namespace async_socket::test;

void reset_connection(owned_transport& transport)
{
    linger_at_close(socket_of(transport), 0);
    transport.reset();
}

TEST(TransportData, FlowsBothWays)
{
    const connected_pair pair;
    send_text(pair.client, "to the server");
    EXPECT_EQ(receive_text(pair.accepted, 13), "to the server");
    send_text(pair.accepted, "and back");
    EXPECT_EQ(receive_text(pair.client, 8), "and back");
}

TEST(TransportData, IsGatheredAndScattered)
{
    const connected_pair pair;
    std::array<std::string, 3> out{"ab", "c", "defg"};
    const SOCKET_BUFFER gathered[] = {buffer_over(out[0]), buffer_over(out[1]), buffer_over(out[2])};
    std::uint32_t sent = 0;
    ASSERT_EQ(socket_transport_send(pair.client.get(), gathered, 3, &sent, 0, nullptr), SOCKET_SEND_OK);
    EXPECT_EQ(sent, 7U);
    std::array<std::string, 2> in{std::string(3, '.'), std::string(4, '.')};
    SOCKET_BUFFER scattered[] = {buffer_over(in[0]), buffer_over(in[1])};
    std::uint32_t received = 0;
    ASSERT_EQ(socket_transport_receive(pair.accepted.get(), scattered, 2, &received, 0, nullptr), SOCKET_RECEIVE_OK);
    EXPECT_EQ(received, 7U);
    EXPECT_EQ(in[0], "abc");
    EXPECT_EQ(in[1], "defg");
}

TEST(TransportData, ThePlacesForTheCountsMayBeNull)
{
    const connected_pair pair;
    std::string text = "x";
    SOCKET_BUFFER buffer = buffer_over(text);
    EXPECT_EQ(socket_transport_send(pair.client.get(), &buffer, 1, nullptr, 0, nullptr), SOCKET_SEND_OK);
    EXPECT_EQ(socket_transport_receive(pair.accepted.get(), &buffer, 1, nullptr, 0, nullptr), SOCKET_RECEIVE_OK);
}

TEST(TransportData, TheFlagsReachTheSystem)
{
    const connected_pair pair;
    send_text(pair.client, "once");
    std::string peeked(4, '.');
    SOCKET_BUFFER buffer = buffer_over(peeked);
    std::uint32_t received = 0;
    EXPECT_EQ(socket_transport_receive(pair.accepted.get(), &buffer, 1, &received, peek_flag, nullptr),
              SOCKET_RECEIVE_OK);
    EXPECT_GE(received, 1U);
    EXPECT_EQ(receive_text(pair.accepted, 4), "once");
}

TEST(TransportData, TheEndOfTheStreamIsASuccessWithoutBytes)
{
    connected_pair pair;
    pair.client.reset();
    unsigned char byte = 0;
    SOCKET_BUFFER buffer{1, &byte};
    std::uint32_t received = 77;
    EXPECT_EQ(socket_transport_receive(pair.accepted.get(), &buffer, 1, &received, 0, nullptr), SOCKET_RECEIVE_OK);
    EXPECT_EQ(received, 0U);
}

TEST(TransportData, ConnectedByAPlainSocketIsTheSame)
{
    const plain_socket listener = listen_loopback(family::ipv4);
    const owned_transport client = new_client();
    ASSERT_EQ(socket_transport_connect(client.get(), "127.0.0.1", port_of(listener.get()), 30000), 0);
    plain_socket plain = accept_plain(listener);
    ASSERT_TRUE(plain);
    const SOCKET_HANDLE raw = plain.get();
    const owned_transport adopted(socket_transport_create_from_socket(raw));
    ASSERT_NE(adopted.get(), nullptr);
    (void)plain.release(); // the transport closes it
    EXPECT_TRUE(socket_transport_is_valid_socket(adopted.get()));
    EXPECT_EQ(socket_of(adopted), raw);
    EXPECT_NE(socket_transport_listen(adopted.get(), 0), 0); // a client
    send_text(adopted, "adopted");
    EXPECT_EQ(receive_text(client, 7), "adopted");
}

// 01_062
TEST(TransportData, ASendAfterAnOwnShutdownFailsWithTheSystemsError)
{
    const connected_pair pair;
    shut_down_sending(socket_of(pair.client));
    unsigned char byte = 0;
    const SOCKET_BUFFER buffer{1, &byte};
    EXPECT_EQ(socket_transport_send(pair.client.get(), &buffer, 1, nullptr, 0, nullptr), SOCKET_SEND_FAILED);
    EXPECT_EQ(backend::last_error(), errors.shut_down);
}

// 01_062, 42_002
TEST(TransportData, ASendAfterAResetFailsWithTheSystemsError)
{
    connected_pair pair;
    reset_connection(pair.accepted);
    unsigned char byte = 0;
    const SOCKET_BUFFER buffer{1, &byte};
    // The reset travels; until it is here sends are taken.
    SOCKET_SEND_RESULT result = SOCKET_SEND_OK;
    EXPECT_TRUE(wait_until([&] {
        result = socket_transport_send(pair.client.get(), &buffer, 1, nullptr, 0, nullptr);
        return result != SOCKET_SEND_OK;
    }));
    EXPECT_EQ(result, SOCKET_SEND_FAILED);
    EXPECT_EQ(backend::last_error(), errors.reset);
}

struct failure {
    SOCKET_RECEIVE_RESULT result;
    std::uint32_t error;
};

// How a receive ends whose connection is reset while it waits, or just before.
failure receive_during_a_reset()
{
    connected_pair pair;
    event receiving;
    failure ended{SOCKET_RECEIVE_OK, 0};
    background receiver([&] {
        unsigned char bytes[2];
        SOCKET_BUFFER buffer{2, bytes};
        EXPECT_EQ(socket_transport_receive(pair.client.get(), &buffer, 1, nullptr, 0, nullptr), SOCKET_RECEIVE_OK);
        receiving.set();
        backend::set_last_error(0);
        ended.result = socket_transport_receive(pair.client.get(), &buffer, 1, nullptr, 0, nullptr);
        ended.error = backend::last_error();
    });
    send_text(pair.accepted, "x");
    EXPECT_TRUE(receiving.wait());
    reset_connection(pair.accepted);
    EXPECT_TRUE(receiver.finished());
    return ended;
}

// 01_054
TEST(TransportData, AReceiveThatAResetEndsFailsWithTheSystemsError)
{
    failure ended = receive_during_a_reset();
    // On Wine a receive that begins after the reset finds the end of the stream.
    for (int i = 0; i < 100 && ended.result == SOCKET_RECEIVE_OK; ++i) {
        ended = receive_during_a_reset();
    }
    EXPECT_EQ(ended.result, SOCKET_RECEIVE_ERROR);
    EXPECT_EQ(ended.error, errors.reset);
}

} // namespace
