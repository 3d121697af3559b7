// What a transport tells of a call of the system that failed, and what it does next.
#include <gtest/gtest.h>
#include <sys/socket.h>

#include <cerrno>
#include <chrono>
#include <string>
#include <thread>

#include "async_socket/log.h"
#include "c_pal/socket_transport.h"
#include "faulty_calls.hpp"
#include "support/peer.hpp"
#include "variant.hpp"

namespace faults {

namespace {

constexpr std::uint32_t patience_ms = 10'000;

std::string last_message;
int messages = 0;

void keep_message(ASYNC_SOCKET_LOG_LEVEL, const char* message)
{
    last_message = message;
    ++messages;
}

bool tells_code(int code)
{
    return last_message.find(": error " + std::to_string(code) + " (") != std::string::npos;
}

// A client and a server that listens, and a fault that hits the first call.
class TransportError : public testing::Test {
protected:
    TransportError()
    {
        plan(nullptr);
        last_message.clear();
        messages = 0;
        async_socket_set_log_level(ASYNC_SOCKET_LOG_WARNING);
        async_socket_set_log_callback(keep_message);
    }
    void TearDown() override
    {
        plan(nullptr);
        socket_transport_destroy(accepted_);
        socket_transport_destroy(client_);
        socket_transport_destroy(server_);
        async_socket_set_log_callback(nullptr);
    }

    static void strike(const variant& how, std::uint32_t count = 1)
    {
        const fault planned{how.call, 1, count, how.what, how.code};
        plan(&planned);
    }
    [[nodiscard]] sockaddr_storage address() const
    {
        const test_call outside;
        sockaddr_storage own{};
        socklen_t size = sizeof own;
        EXPECT_EQ(
            0, getsockname(socket_transport_get_underlying_socket(server_), reinterpret_cast<sockaddr*>(&own), &size));
        return own;
    }
    [[nodiscard]] int connect() const
    {
        const sockaddr_storage own = address(); // the port is at the same place for both families
        const auto* const bytes = reinterpret_cast<const unsigned char*>(&own) + sizeof own.ss_family;
        const auto port = static_cast<std::uint16_t>(bytes[0] << 8 | bytes[1]);
        return socket_transport_connect(client_, "127.0.0.1", port, patience_ms);
    }
    SOCKET_ACCEPT_RESULT accept(std::uint32_t timeout_ms)
    {
        return socket_transport_accept(server_, &accepted_, timeout_ms);
    }

    SOCKET_TRANSPORT_HANDLE server_ = socket_transport_create_server();
    SOCKET_TRANSPORT_HANDLE client_ = socket_transport_create_client();
    SOCKET_TRANSPORT_HANDLE accepted_ = nullptr;
};

TEST_F(TransportError, AListenThatFailsSaysWhyAndCanBeRepeated)
{
    for (const variant& each : {variant{"socket", kind::error, EMFILE}, variant{"setsockopt", kind::error, ENOMEM},
                                variant{"bind", kind::error, EADDRINUSE}, variant{"listen", kind::error, EADDRINUSE}}) {
        SCOPED_TRACE(name_of(each));
        strike(each);
        EXPECT_NE(0, socket_transport_listen(server_, 0));
        EXPECT_TRUE(tells_code(each.code)) << last_message;
        EXPECT_EQ(0, socket_transport_listen(server_, 0));
        EXPECT_EQ(AF_INET6, address().ss_family);
        socket_transport_disconnect(server_);
    }
}

TEST_F(TransportError, AListenWithoutIpv6IsOneForIpv4)
{
    for (const variant& each :
         {variant{"socket", kind::error, EAFNOSUPPORT}, variant{"bind", kind::error, EADDRNOTAVAIL}}) {
        SCOPED_TRACE(name_of(each));
        strike(each);
        EXPECT_EQ(0, socket_transport_listen(server_, 0));
        EXPECT_EQ(AF_INET, address().ss_family);
        socket_transport_disconnect(server_);
    }
}

TEST_F(TransportError, AConnectThatFailsSaysWhyAndCanBeRepeated)
{
    ASSERT_EQ(0, socket_transport_listen(server_, 0));
    for (const variant& each : {variant{"socket", kind::error, EMFILE}, variant{"connect", kind::error, ENETUNREACH},
                                variant{"fcntl", kind::error, EINVAL}, variant{"poll", kind::error, ENOMEM},
                                variant{"getsockopt", kind::error, ENOBUFS}}) {
        SCOPED_TRACE(name_of(each));
        strike(each);
        EXPECT_NE(0, connect());
        EXPECT_TRUE(tells_code(each.code)) << last_message;
        EXPECT_EQ(0, connect());
        socket_transport_disconnect(client_);
    }
}

TEST_F(TransportError, AnAcceptThatFailsLeavesTheConnectionForTheNext)
{
    ASSERT_EQ(0, socket_transport_listen(server_, 0));
    ASSERT_EQ(0, connect());
    strike({"accept4", kind::error, EINVAL});
    EXPECT_EQ(SOCKET_ACCEPT_ERROR, accept(patience_ms));
    EXPECT_TRUE(tells_code(EINVAL)) << last_message;
    EXPECT_EQ(nullptr, accepted_);
    EXPECT_EQ(SOCKET_ACCEPT_OK, accept(patience_ms));
}

// LINUX_16_001
TEST_F(TransportError, AnAcceptWithoutRoomWaitsForSome)
{
    ASSERT_EQ(0, socket_transport_listen(server_, 0));
    for (const int code : {EMFILE, ENFILE, ENOBUFS, ENOMEM}) {
        SCOPED_TRACE(code);
        messages = 0;
        ASSERT_EQ(0, connect());
        strike({"accept4", kind::error, code}, 3);
        EXPECT_EQ(SOCKET_ACCEPT_OK, accept(patience_ms));
        EXPECT_EQ(4U, calls_of("accept4"));
        EXPECT_TRUE(tells_code(code)) << last_message;
        EXPECT_EQ(1, messages); // of each shortage
        socket_transport_destroy(accepted_);
        accepted_ = nullptr;
        socket_transport_disconnect(client_);
    }
}

TEST_F(TransportError, AnAcceptWithoutRoomKeepsItsTimeAndSaysSoOnce)
{
    ASSERT_EQ(0, socket_transport_listen(server_, 0));
    strike({"accept4", kind::error, EMFILE}, 10'000'000);
    EXPECT_EQ(SOCKET_ACCEPT_NO_CONNECTION, accept(20)); // nobody waits for room
    EXPECT_EQ(0, messages);
    ASSERT_EQ(0, connect());
    for (const std::uint32_t time_ms : {0U, 200U, 200U}) {
        const auto begin = std::chrono::steady_clock::now();
        EXPECT_EQ(SOCKET_ACCEPT_PORT_EXHAUSTION, accept(time_ms));
        EXPECT_GE(std::chrono::steady_clock::now() - begin, std::chrono::milliseconds(time_ms));
        EXPECT_EQ(nullptr, accepted_);
    }
    EXPECT_LT(calls_of("accept4"), 40U); // at growing distances
    EXPECT_EQ(1, messages);
}

TEST_F(TransportError, ADisconnectEndsAnAcceptWithoutRoom)
{
    ASSERT_EQ(0, socket_transport_listen(server_, 0));
    ASSERT_EQ(0, connect());
    strike({"accept4", kind::error, EMFILE}, 10'000'000);
    std::thread other([&] { EXPECT_EQ(SOCKET_ACCEPT_ERROR, accept(patience_ms)); });
    while (calls_of("accept4") < 5) {
        std::this_thread::yield();
    }
    const auto begin = std::chrono::steady_clock::now();
    socket_transport_disconnect(server_);
    other.join();
    EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::milliseconds(1000));
    EXPECT_EQ(1, messages);
}

TEST_F(TransportError, AnAcceptPassesOverAConnectionThatHasGoneWrong)
{
    ASSERT_EQ(0, socket_transport_listen(server_, 0));
    ASSERT_EQ(0, connect());
    strike({"accept4", kind::error, ECONNABORTED});
    EXPECT_EQ(SOCKET_ACCEPT_OK, accept(patience_ms));
}

TEST_F(TransportError, AnAcceptOfNothingButSuchConnectionsKeepsItsTime)
{
    ASSERT_EQ(0, socket_transport_listen(server_, 0));
    ASSERT_EQ(0, connect());
    // Ten million of them take longer than the test may, and are an end for it.
    strike({"accept4", kind::error, EPERM}, 10'000'000);
    const auto begin = std::chrono::steady_clock::now();
    EXPECT_EQ(SOCKET_ACCEPT_NO_CONNECTION, accept(50));
    EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::milliseconds(1000));
    EXPECT_EQ(nullptr, accepted_);
    plan(nullptr);
    EXPECT_EQ(SOCKET_ACCEPT_OK, accept(patience_ms));
}

TEST_F(TransportError, WhatFailsInATransferIsTheLastError)
{
    ASSERT_EQ(0, socket_transport_listen(server_, 0));
    ASSERT_EQ(0, connect());
    ASSERT_EQ(SOCKET_ACCEPT_OK, accept(patience_ms));
    unsigned char byte = 7;
    SOCKET_BUFFER piece{1, &byte};
    std::uint32_t moved = 0;
    for (const int code : {ECONNRESET, EPIPE, ENOMEM}) {
        SCOPED_TRACE(code);
        strike({"sendmsg", kind::error, code});
        EXPECT_EQ(SOCKET_SEND_FAILED, socket_transport_send(client_, &piece, 1, &moved, 0, nullptr));
        EXPECT_EQ(code, errno);
        EXPECT_EQ(SOCKET_SEND_OK, socket_transport_send(client_, &piece, 1, &moved, 0, nullptr));
        strike({"recvmsg", kind::error, code});
        EXPECT_EQ(SOCKET_RECEIVE_ERROR, socket_transport_receive(accepted_, &piece, 1, &moved, 0, nullptr));
        EXPECT_EQ(code, errno);
        EXPECT_EQ(SOCKET_RECEIVE_OK, socket_transport_receive(accepted_, &piece, 1, &moved, 0, nullptr));
        EXPECT_EQ(1U, moved);
    }
}

TEST_F(TransportError, ASocketThatIsNotAdoptedStaysTheCallers)
{
    contract::loopback_pair pair = contract::connect_pair();
    strike({"malloc", kind::error, ENOMEM});
    EXPECT_EQ(nullptr, socket_transport_create_from_socket(pair.near_end));
    EXPECT_TRUE(has_struck());
    accepted_ = socket_transport_create_from_socket(pair.near_end);
    EXPECT_NE(nullptr, accepted_);
}

} // namespace
} // namespace faults
