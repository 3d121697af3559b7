// What a cancellation behind the library's back (CancelIoEx) does to a receive in the fast completion mode; in the
// documented one it goes on (peer_test.cpp).
#include <gtest/gtest.h>

#include "async_socket/completion_mode.h"
#include "support/async_end.hpp"
#include "support/completions.hpp"
#include "support/peer.hpp"

namespace contract {

namespace {

TEST(Cancellation, EndsAFastReceiveOnceWithAnError)
{
    const engine engine;
    receive_record cancelled;
    receive_record next;
    loopback_pair connection = connect_pair();
    async_end end(engine.handle(), connection.near_end);
    ASSERT_EQ(0, async_socket_set_completion_mode(end.handle(), ASYNC_SOCKET_COMPLETION_FAST));
    ASSERT_EQ(0, end.open());
    ASSERT_EQ(0, cancelled.start(end.handle()));
    cancel_pending(connection.near_end);
    ASSERT_TRUE(cancelled.wait());
    // The connection is as it was.
    ASSERT_EQ(0, next.start(end.handle()));
    ASSERT_TRUE(connection.far_end.send("data", 4));
    ASSERT_TRUE(next.wait());
    end.destroy();
    ASSERT_EQ(1U, cancelled.count());
    EXPECT_EQ(ASYNC_SOCKET_RECEIVE_ERROR, cancelled.events()[0].result);
    EXPECT_EQ(0U, cancelled.events()[0].bytes);
    ASSERT_EQ(1U, next.count());
    EXPECT_EQ(ASYNC_SOCKET_RECEIVE_OK, next.events()[0].result);
    EXPECT_EQ(4U, next.events()[0].bytes);
}

} // namespace

} // namespace contract
