// core/engine/tally.hpp: sums of what is counted at many places.
#include "core/engine/tally.hpp"

#include <algorithm>
#include <array>
#include <numeric>

#include <gtest/gtest.h>

namespace {

using async_socket::core::direction;
using async_socket::core::tally;
using async_socket::core::traffic;
using async_socket::core::traffic_sums;

TEST(Traffic, CountsEachDirectionByItself)
{
    traffic counted;
    counted.count_bytes(direction::send, 0xffffffff);
    counted.count_bytes(direction::send, 2);
    counted.count_end(direction::send);
    counted.count_end(direction::receive);
    counted.count_end(direction::receive);
    counted.count_bytes(direction::receive, 5);
    traffic_sums sums = counted.sums();
    EXPECT_EQ(sums.bytes_sent, 0x100000001U);
    EXPECT_EQ(sums.sends, 1U);
    EXPECT_EQ(sums.receives, 2U);
    EXPECT_EQ(sums.bytes_received, 5U);
    counted.forget(direction::send);
    sums = counted.sums();
    EXPECT_EQ(sums.bytes_sent + sums.sends, 0U);
    EXPECT_EQ(sums.bytes_received + sums.receives, 7U);
}

TEST(Traffic, CountsDeadlinesOfBothDirectionsTogether)
{
    traffic counted;
    EXPECT_EQ(counted.deadlines_passed(), 0U);
    counted.count_deadline();
    counted.count_deadline();
    EXPECT_EQ(counted.deadlines_passed(), 2U);
    EXPECT_EQ(counted.sums().sends + counted.sums().receives, 0U);
}

// In whatever order they go.
TEST(Tally, ForgetsNothingOfThoseThatAreRemoved)
{
    std::array<std::size_t, 4> order{};
    std::iota(order.begin(), order.end(), std::size_t{0});
    do {
        tally all;
        std::array<traffic, 4> each;
        for (std::size_t i = 0; i < each.size(); ++i) {
            each[i].count_bytes(direction::send, std::uint64_t{1} << (8 * i));
            all.add(each[i], i == 0   ? tally::origin::adopted
                             : i == 1 ? tally::origin::accepted
                                      : tally::origin::connected);
        }
        std::uint64_t open = each.size();
        for (const std::size_t next : order) {
            EXPECT_EQ(all.read().streams_open, open--);
            EXPECT_EQ(all.read().traffic.bytes_sent, 0x01010101U);
            all.remove(each[next]);
        }
        const tally::sums sums = all.read();
        EXPECT_EQ(sums.streams_open, 0U);
        EXPECT_EQ(sums.traffic.bytes_sent, 0x01010101U);
        EXPECT_EQ(sums.connections_accepted, 1U);
        EXPECT_EQ(sums.connects_done, 2U);
    } while (std::next_permutation(order.begin(), order.end()));
}

TEST(Tally, CountsEvents)
{
    tally all;
    all.count(tally::event::connection_lost);
    for (int i = 0; i < 2; ++i) {
        all.count(tally::event::accept_shortage);
    }
    for (int i = 0; i < 3; ++i) {
        all.count(tally::event::connect_failed);
    }
    for (int i = 0; i < 4; ++i) {
        all.count(tally::event::deadline_has_ended);
    }
    const tally::sums sums = all.read();
    EXPECT_EQ(sums.connections_lost, 1U);
    EXPECT_EQ(sums.accept_shortages, 2U);
    EXPECT_EQ(sums.connects_failed, 3U);
    EXPECT_EQ(sums.deadlines_passed, 4U);
}

} // namespace
