// How much at once: connections, streams, and bytes in one send.
#include <gtest/gtest.h>

#include "crowd.hpp"
#include "streams.hpp"
#include "support/completions.hpp"
#include "support/peer.hpp"

namespace stress {
namespace {

constexpr std::uint64_t mib = std::uint64_t{1} << 20;

TEST(Load, ThousandsOfConnectionsInOneProcess)
{
    constexpr std::size_t connections = STRESS_CONNECTIONS;
    ASSERT_TRUE(contract::may_have_handles(2 * connections + 100)) << "see ulimit -Hn";
    const contract::engine engine;
    EXPECT_EQ("", run_crowd(engine.handle(), {connections, 3, 2000}));
}

TEST(Load, AHundredStreamsAtOnce)
{
    const contract::engine engine;
    EXPECT_EQ("", run_streams(engine.handle(), {100, 64 * mib}));
}

class LargestSend : public testing::Test {
protected:
    // 256 times the same memory; together UINT32_MAX bytes and one more.
    std::vector<ASYNC_SOCKET_BUFFER> pieces_for_one_byte_too_many()
    {
        return std::vector<ASYNC_SOCKET_BUFFER>(256, {memory_.data(), static_cast<std::uint32_t>(memory_.size())});
    }

    // The number of bytes that the peer read as they should be.
    std::uint64_t read_and_compare(std::uint64_t size)
    {
        std::uint64_t place = 0;
        while (place < size) {
            const contract::bytes piece = pair_.far_end.receive(std::min(mib, size - place));
            const auto expected = memory_.begin() + static_cast<std::ptrdiff_t>(place % memory_.size());
            if (piece.empty() || !std::equal(piece.begin(), piece.end(), expected)) {
                break;
            }
            place += piece.size();
        }
        return place;
    }

    contract::engine engine_;
    contract::bytes memory_ = contract::pattern(16 * mib, 6);
    contract::send_record sent_;
    contract::open_pair pair_{engine_.handle()};
};

TEST_F(LargestSend, ArrivesWhole) // 01_101
{
    std::vector<ASYNC_SOCKET_BUFFER> pieces = pieces_for_one_byte_too_many();
    --pieces.back().length;
    ASSERT_EQ(ASYNC_SOCKET_SEND_SYNC_OK, sent_.start(pair_.near_end.handle(), pieces));
    EXPECT_EQ(UINT32_MAX, read_and_compare(UINT32_MAX));
    ASSERT_TRUE(sent_.wait());
    pair_.near_end.destroy();
    EXPECT_EQ(std::vector{ASYNC_SOCKET_SEND_OK}, sent_.results());
    EXPECT_TRUE(pair_.far_end.sees_end()); // and nothing but that
}

TEST_F(LargestSend, OneByteMoreIsRefused)
{
    EXPECT_EQ(ASYNC_SOCKET_SEND_SYNC_ERROR, sent_.start(pair_.near_end.handle(), pieces_for_one_byte_too_many()));
    pair_.near_end.destroy();
    EXPECT_EQ(0U, sent_.count());
    EXPECT_TRUE(pair_.far_end.sees_end());
}

} // namespace
} // namespace stress
