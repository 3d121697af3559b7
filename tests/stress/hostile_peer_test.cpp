// Every kind of hostile peer against everything that our end may do: each close returns in time, each
// accepted operation has exactly one callback, and the bytes are those that the other side has seen.
#include <gtest/gtest.h>

#include <tuple>

#include "cell.hpp"
#include "support/completions.hpp"

namespace stress {

// How GoogleTest shows a parameter.
static void PrintTo(const hostile_peer& who, std::ostream* out)
{
    *out << who.name;
}

static void PrintTo(const action& what, std::ostream* out)
{
    *out << what.name;
}

namespace {

using cell_parameter = std::tuple<hostile_peer, action>;

class HostilePeer : public testing::TestWithParam<cell_parameter> {};

TEST_P(HostilePeer, EndsInTimeWithAnExactLedger)
{
    const contract::engine engine;
    EXPECT_EQ("", run_cell(engine.handle(), std::get<0>(GetParam()), std::get<1>(GetParam())));
}

INSTANTIATE_TEST_SUITE_P(Cell, HostilePeer,
                         testing::Combine(testing::ValuesIn(hostile_peers().begin(), hostile_peers().end()),
                                          testing::ValuesIn(actions().begin(), actions().end())),
                         [](const auto& each) {
                             return std::string(std::get<0>(each.param).name) + std::get<1>(each.param).name;
                         });

// Far more than the buffers hold, each way.
TEST(SmallBuffers, CarryMessagesWhole)
{
    const contract::engine engine;
    const contract::bytes message = contract::pattern(std::size_t{32} << 10);
    contract::send_record sent;
    contract::loopback_pair connection = contract::connect_pair();
    contract::limit_buffers(connection.near_end, 4096);
    connection.far_end.limit_buffers(4096);
    contract::async_end near_end(engine.handle(), connection.near_end);
    ASSERT_EQ(0, near_end.open());
    ASSERT_EQ(ASYNC_SOCKET_SEND_SYNC_OK, sent.start(near_end.handle(), message.data(), message.size()));
    EXPECT_EQ(message, connection.far_end.receive(message.size()));
    EXPECT_TRUE(sent.wait());
    std::thread sender([&] { EXPECT_TRUE(connection.far_end.send(message)); });
    EXPECT_EQ(message, contract::receive_async(near_end.handle(), message.size()));
    sender.join();
    near_end.destroy();
    EXPECT_EQ(std::vector{ASYNC_SOCKET_SEND_OK}, sent.results());
}

} // namespace
} // namespace stress
