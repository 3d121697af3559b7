// What the documents leave out on Windows.
#include <gtest/gtest.h>

#include "support/completions.hpp"

namespace contract {
namespace {

int send_nothing(void*, ASYNC_SOCKET_HANDLE, const void*, size_t)
{
    return 0;
}

int receive_nothing(void*, ASYNC_SOCKET_HANDLE, void*, size_t)
{
    return 0;
}

void fail_test(void*, ASYNC_SOCKET_NOTIFY_IO_RESULT)
{
    ADD_FAILURE() << "a refused call has no callback";
}

TEST(NotAvailable, TheTransportOfTheUser)
{
    const engine engine;
#if ASYNC_SOCKET_API_VERSION == 1
    const loopback_pair pair = connect_pair();
    EXPECT_EQ(nullptr, async_socket_create_with_transport(engine.handle(), pair.near_end, send_nothing, nullptr,
                                                          receive_nothing, nullptr)); // 04_001
    close_socket(pair.near_end);                                                      // which is still ours
#else
    EXPECT_EQ(nullptr, async_socket_create_with_transport(engine.handle(), send_nothing, nullptr, receive_nothing,
                                                          nullptr)); // 04_001
#endif
}

TEST(NotAvailable, TheNotificationThatASocketIsReady)
{
    const engine engine;
    open_pair pair(engine.handle());
    for (const auto type : {ASYNC_SOCKET_NOTIFY_IO_TYPE_IN, ASYNC_SOCKET_NOTIFY_IO_TYPE_OUT}) {
        EXPECT_NE(0, async_socket_notify_io_async(pair.near_end.handle(), type, fail_test, nullptr)); // 04_002
        EXPECT_NE(0, async_socket_notify_io_async(nullptr, type, fail_test, nullptr));
    }
    EXPECT_TRUE(carries_traffic(pair.near_end.handle(), pair.far_end));
}

} // namespace
} // namespace contract
