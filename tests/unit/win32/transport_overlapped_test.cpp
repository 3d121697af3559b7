// Overlapped operations of a transport, which only Windows has.
#include <chrono>
#include <string>

#include <gtest/gtest.h>

#include "support/loopback.hpp"
#include "support/waiting.hpp"
#include "win32/system/unique_handle.hpp"

namespace {

using namespace async_socket;
using namespace async_socket::test;

// "At once" with room for a busy machine.
constexpr std::chrono::milliseconds soon{1000};

// What the call of just before said.
bool is_on_its_way()
{
    return WSAGetLastError() == WSA_IO_PENDING;
}

bool is_set_soon(const win32::unique_event& event)
{
    return WaitForSingleObject(event.get(), static_cast<DWORD>(soon.count())) == WAIT_OBJECT_0;
}

// An overlapped operation with its event.
struct overlapped_operation {
    overlapped_operation() { overlapped.hEvent = event.get(); }

    // The bytes moved, once it has ended with a success.
    [[nodiscard]] std::uint64_t bytes() const
    {
        constexpr auto wait_ms =
            static_cast<DWORD>(std::chrono::duration_cast<std::chrono::milliseconds>(deadline).count());
        const bool has_ended = WaitForSingleObject(event.get(), wait_ms) == WAIT_OBJECT_0;
        EXPECT_TRUE(has_ended);
        EXPECT_EQ(overlapped.Internal, 0U);
        return overlapped.InternalHigh;
    }

    win32::unique_event event{CreateEventW(nullptr, TRUE, FALSE, nullptr)};
    OVERLAPPED overlapped{};
};

// 01_055
TEST(TransportOverlapped, AnOverlappedReceiveWithoutDataIsOnItsWay)
{
    const connected_pair pair;
    std::string text(5, '.');
    SOCKET_BUFFER buffer = buffer_over(text);
    overlapped_operation receive;
    std::uint32_t received = 77;
    WSASetLastError(0);
    EXPECT_EQ(socket_transport_receive(pair.accepted.get(), &buffer, 1, &received, 0, &receive.overlapped),
              SOCKET_RECEIVE_WOULD_BLOCK);
    EXPECT_EQ(received, 0U);
    EXPECT_TRUE(is_on_its_way());
    send_text(pair.client, "hello");
    const std::uint64_t bytes = receive.bytes();
    ASSERT_GE(bytes, 1U);
    EXPECT_EQ(text.substr(0, bytes), std::string("hello").substr(0, bytes));
}

TEST(TransportOverlapped, AnOverlappedReceiveMayDoWithoutAPlaceForTheCount)
{
    const connected_pair pair;
    unsigned char byte = 0;
    SOCKET_BUFFER buffer{1, &byte};
    overlapped_operation receive;
    EXPECT_EQ(socket_transport_receive(pair.client.get(), &buffer, 1, nullptr, 0, &receive.overlapped),
              SOCKET_RECEIVE_WOULD_BLOCK);
    send_text(pair.accepted, "y");
    EXPECT_EQ(receive.bytes(), 1U);
    EXPECT_EQ(byte, 'y');
}

// 01_053
TEST(TransportOverlapped, AnOverlappedSendIsDoneOrOnItsWay)
{
    const connected_pair pair;
    std::string text = "overlapped";
    const SOCKET_BUFFER buffer = buffer_over(text);
    overlapped_operation send;
    const SOCKET_SEND_RESULT result =
        socket_transport_send(pair.client.get(), &buffer, 1, nullptr, 0, &send.overlapped);
    EXPECT_TRUE(result == SOCKET_SEND_OK || (result == SOCKET_SEND_FAILED && is_on_its_way()));
    EXPECT_EQ(send.bytes(), text.size());
    EXPECT_EQ(receive_text(pair.accepted, text.size()), text);
}

TEST(TransportOverlapped, ADisconnectEndsAll)
{
    const connected_pair pair;
    constexpr int operations = 5;
    win32::unique_event events[operations];
    OVERLAPPED overlapped[operations]{};
    unsigned char byte[operations];
    for (int i = 0; i < operations; ++i) {
        events[i].reset(CreateEventW(nullptr, TRUE, FALSE, nullptr));
        overlapped[i].hEvent = events[i].get();
        SOCKET_BUFFER buffer{1, &byte[i]};
        ASSERT_EQ(socket_transport_receive(pair.client.get(), &buffer, 1, nullptr, 0, &overlapped[i]),
                  SOCKET_RECEIVE_WOULD_BLOCK);
    }
    socket_transport_disconnect(pair.client.get());
    for (int i = 0; i < operations; ++i) {
        EXPECT_TRUE(is_set_soon(events[i]));
        EXPECT_NE(overlapped[i].Internal, 0U) << "it cannot have succeeded";
    }
}

TEST(TransportOverlapped, ARefusalAfterARealPendingReceiveIsFreshToo)
{
    const connected_pair pair;
    const win32::unique_event event(CreateEventW(nullptr, TRUE, FALSE, nullptr));
    OVERLAPPED overlapped{};
    overlapped.hEvent = event.get();
    unsigned char bytes[2];
    SOCKET_BUFFER buffer{1, bytes};
    ASSERT_EQ(socket_transport_receive(pair.client.get(), &buffer, 1, nullptr, 0, &overlapped),
              SOCKET_RECEIVE_WOULD_BLOCK);
    { // by another thread, so that this one's last error stays as the receive left it
        background other([&] { socket_transport_disconnect(pair.client.get()); });
    }
    SOCKET_BUFFER second{1, bytes + 1};
    OVERLAPPED refused{};
    EXPECT_EQ(socket_transport_receive(pair.client.get(), &second, 1, nullptr, 0, &refused), SOCKET_RECEIVE_ERROR);
    EXPECT_EQ(WSAGetLastError(), WSAENOTCONN);
    EXPECT_TRUE(is_set_soon(event));
}

} // namespace
