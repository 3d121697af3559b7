// async_socket/completion_mode.h: when a mode can be chosen. That everything else works in each mode, the
// rest of the suite shows.
#include <gtest/gtest.h>

#include "async_socket/completion_mode.h"
#include "support/completions.hpp"
#include "support/ending.hpp"

namespace contract {
namespace {

constexpr ASYNC_SOCKET_COMPLETION_MODE modes[] = {ASYNC_SOCKET_COMPLETION_FAST, ASYNC_SOCKET_COMPLETION_DOCUMENTED};

TEST(CompletionMode, IsAcceptedByAClosedSocketAndUsedByTheNextOpen)
{
    const engine engine;
    for (const ASYNC_SOCKET_COMPLETION_MODE mode : modes) {
        loopback_pair connection = connect_pair();
        async_end end(engine.handle(), connection.near_end);
        EXPECT_EQ(0, async_socket_set_completion_mode(end.handle(), mode));
        ASSERT_EQ(0, end.open());
        EXPECT_TRUE(carries_traffic(end.handle(), connection.far_end));
    }
}

TEST(CompletionMode, IsRefusedWhileTheSocketIsOpen)
{
    const engine engine;
    open_pair pair(engine.handle());
    for (const ASYNC_SOCKET_COMPLETION_MODE mode : modes) {
        EXPECT_NE(0, async_socket_set_completion_mode(pair.near_end.handle(), mode));
    }
    EXPECT_TRUE(carries_traffic(pair.near_end.handle(), pair.far_end));
    async_socket_close(pair.near_end.handle());
    EXPECT_EQ(0, async_socket_set_completion_mode(pair.near_end.handle(), ASYNC_SOCKET_COMPLETION_FAST));
}

TEST(CompletionMode, OfNothingIsRefused)
{
    EXPECT_NE(0, async_socket_set_completion_mode(nullptr, ASYNC_SOCKET_COMPLETION_FAST));
}

} // namespace
} // namespace contract
