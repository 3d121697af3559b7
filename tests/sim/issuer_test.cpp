// win32/socket/issuer.hpp: what the answers of a transport mean. The transport is one of this test's, so that it can
// answer as no real one does.
#include "win32/socket/issuer.hpp"

#include <gtest/gtest.h>

#include "core/transport/transport.hpp"

namespace {

SOCKET_SEND_RESULT send_answer;
SOCKET_RECEIVE_RESULT receive_answer;

} // namespace

namespace async_socket::core {

SOCKET_SEND_RESULT transport::send(const SOCKET_BUFFER*, std::uint32_t, std::uint32_t*, std::uint32_t, void*) noexcept
{
    return send_answer;
}

SOCKET_RECEIVE_RESULT transport::receive(SOCKET_BUFFER*, std::uint32_t, std::uint32_t*, std::uint32_t, void*) noexcept
{
    return receive_answer;
}

} // namespace async_socket::core

namespace {

using namespace async_socket;
using core::operation_kind;
using win32::taken;

win32::issue_result issue(operation_kind kind)
{
    char somewhere = 0;
    OVERLAPPED overlapped{};
    return win32::issue(kind, {reinterpret_cast<SOCKET_TRANSPORT_HANDLE>(&somewhere), nullptr}, {nullptr, 0},
                        overlapped);
}

// 01_105, 01_106
TEST(Issuer, AnAnswerOfAnyOtherKindIsARefusalWhateverTheLastErrorSays)
{
    for (const SOCKET_RECEIVE_RESULT answer : {SOCKET_RECEIVE_INVALID_ARG, SOCKET_RECEIVE_SHUTDOWN}) {
        WSASetLastError(WSA_IO_PENDING);
        receive_answer = answer;
        EXPECT_EQ(issue(operation_kind::receive).how, taken::refused);
    }
    for (const SOCKET_SEND_RESULT answer : {SOCKET_SEND_INVALID_ARG, SOCKET_SEND_SHUTDOWN, SOCKET_SEND_ERROR}) {
        WSASetLastError(WSA_IO_PENDING);
        send_answer = answer;
        EXPECT_EQ(issue(operation_kind::send).how, taken::refused);
    }
}

// 01_053, 01_054, 01_055, 01_062
TEST(Issuer, WhatFailedWithIoPendingWasStarted)
{
    WSASetLastError(WSA_IO_PENDING);
    receive_answer = SOCKET_RECEIVE_ERROR;
    EXPECT_EQ(issue(operation_kind::receive).how, taken::pending);
    send_answer = SOCKET_SEND_FAILED;
    EXPECT_EQ(issue(operation_kind::send).how, taken::pending);
    WSASetLastError(WSAENOBUFS);
    EXPECT_EQ(issue(operation_kind::receive).error, DWORD{WSAENOBUFS});
    EXPECT_EQ(issue(operation_kind::send).error, DWORD{WSAENOBUFS});
}

TEST(Issuer, WhatTheSystemHasDoneIsDone)
{
    receive_answer = SOCKET_RECEIVE_OK;
    EXPECT_EQ(issue(operation_kind::receive).how, taken::done);
    send_answer = SOCKET_SEND_OK;
    EXPECT_EQ(issue(operation_kind::send).how, taken::done);
    receive_answer = SOCKET_RECEIVE_WOULD_BLOCK;
    EXPECT_EQ(issue(operation_kind::receive).how, taken::pending);
}

} // namespace
