// The thread's last error is part of the interface between the transport and the async socket:
// messages and clean-up leave it as it was.
#include <gtest/gtest.h>

#include "async_socket/log.h"
#include "c_pal/socket_transport.h"
#include "core/common/log.hpp"
#include "core/platform/last_error.hpp"
#include "core/transport/system_calls.hpp"
#include "win32/system/unique_handle.hpp"

namespace {

using namespace async_socket;

constexpr int io_pending = 997; // WSA_IO_PENDING

class LastError : public testing::Test {
public:
    ~LastError() override { async_socket_set_log_callback(nullptr); }
};

TEST_F(LastError, IsOneValueForBothFamiliesOfFunctions)
{
    backend::set_last_error(WSAENOTCONN);
    EXPECT_EQ(GetLastError(), static_cast<DWORD>(WSAENOTCONN));
    EXPECT_EQ(WSAGetLastError(), WSAENOTCONN);
    WSASetLastError(io_pending);
    EXPECT_EQ(backend::last_error(), static_cast<std::uint32_t>(io_pending));
}

TEST_F(LastError, SurvivesAMessageToStderr)
{
    SetLastError(1234);
    LOG_ERROR("%s %d", "a message", 1);
    EXPECT_EQ(GetLastError(), 1234U);
}

TEST_F(LastError, SurvivesACallbackThatChangesIt)
{
    async_socket_set_log_callback([](ASYNC_SOCKET_LOG_LEVEL, const char*) { SetLastError(99); });
    SetLastError(1234);
    LOG_ERROR("%s", "a message");
    EXPECT_EQ(GetLastError(), 1234U);
}

TEST_F(LastError, SurvivesAMessageOfTheLibrary)
{
    static int messages = 0;
    messages = 0;
    async_socket_set_log_callback([](ASYNC_SOCKET_LOG_LEVEL, const char*) {
        ++messages;
        SetLastError(99);
    });
    SetLastError(1234);
    EXPECT_EQ(socket_transport_send(nullptr, nullptr, 0, nullptr, 0, nullptr), SOCKET_SEND_INVALID_ARG);
    EXPECT_EQ(messages, 1);
    EXPECT_EQ(GetLastError(), 1234U);
}

TEST_F(LastError, SurvivesTheCloseOfAHandle)
{
    win32::unique_event event(CreateEventW(nullptr, TRUE, FALSE, nullptr));
    ASSERT_TRUE(event);
    SetLastError(1234);
    event.reset();
    EXPECT_EQ(GetLastError(), 1234U);
    backend::unique_socket not_a_socket(reinterpret_cast<SOCKET_HANDLE>(SOCKET{0xBAD0}));
    SetLastError(1234);
    not_a_socket.reset(); // fails inside
    EXPECT_EQ(GetLastError(), 1234U);
}

TEST_F(LastError, AHandleIsClosedByItsLastOwnerOnly)
{
    win32::unique_event first(CreateEventW(nullptr, TRUE, FALSE, nullptr));
    const HANDLE handle = first.get();
    // By reference: what a move leaves behind is part of the type's promise.
    const win32::unique_event& left_first = first;
    win32::unique_event second(std::move(first));
    const win32::unique_event& left_second = second;
    EXPECT_FALSE(left_first);
    EXPECT_EQ(second.get(), handle);
    first = std::move(second);
    EXPECT_FALSE(left_second);
    EXPECT_TRUE(SetEvent(handle));
    const HANDLE released = first.release();
    EXPECT_FALSE(first);
    EXPECT_TRUE(SetEvent(released));
    EXPECT_TRUE(CloseHandle(released));
}

} // namespace
