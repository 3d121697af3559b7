// Windows: what is no byte stream is refused by an open, in every generation and completion mode.
#include <gtest/gtest.h>

#include "support/completions.hpp"

namespace contract {
namespace {

void fail_test(void*, ASYNC_SOCKET_OPEN_RESULT)
{
    ADD_FAILURE() << "a datagram socket was opened";
}

TEST(SocketKind, ADatagramSocketIsRefused)
{
    const engine engine;
    const loopback_pair connection = connect_datagram_pair();
    async_end end(engine.handle(), connection.near_end);
    EXPECT_NE(0, end.open(fail_test, nullptr));
}

TEST(SocketKind, ADatagramSocketIsRefusedAlsoWithADatagramWaiting)
{
    const engine engine;
    loopback_pair connection = connect_datagram_pair();
    async_end end(engine.handle(), connection.near_end);
    ASSERT_TRUE(connection.far_end.send("a datagram", 10));
    EXPECT_NE(0, end.open(fail_test, nullptr));
}

} // namespace
} // namespace contract
