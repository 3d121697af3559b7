// Bytes and their order.
#include <gtest/gtest.h>

#include "support/completions.hpp"

namespace contract {
namespace {

TEST(Data, OneByteEachWay)
{
    const engine engine;
    open_pair pair(engine.handle());
    receive_record received;
    ASSERT_EQ(0, received.start(pair.near_end.handle())); // 01_083
    const bytes question{42};
    ASSERT_TRUE(pair.far_end.send(question));
    ASSERT_TRUE(received.wait());
    EXPECT_EQ(ASYNC_SOCKET_RECEIVE_OK, received.events()[0].result); // 01_069
    EXPECT_EQ(1U, received.events()[0].bytes);
    EXPECT_EQ(42, received.memory[0]);

    send_record sent;
    ASSERT_EQ(ASYNC_SOCKET_SEND_SYNC_OK, sent.start(pair.near_end.handle(), question.data(), 1)); // 01_045
    EXPECT_EQ(question, pair.far_end.receive(1));
    ASSERT_TRUE(sent.wait());
    EXPECT_EQ(ASYNC_SOCKET_SEND_OK, sent.results()[0]); // 01_066
}

} // namespace
} // namespace contract
