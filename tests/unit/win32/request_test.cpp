// win32/socket/request.hpp: what a request is made of, and how its first round is laid out.
#include "win32/socket/request.hpp"

#include <cstdint>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "handle_count.hpp"
#include "support/any_request.hpp"

namespace {

using namespace async_socket;
using core::direction;
using test::any_request;
using win32::request;

// Outside of the test macros: clang-tidy does not like how the constant is spelled.
bool is_unset(HANDLE event)
{
    return WaitForSingleObject(event, 0) == WAIT_TIMEOUT;
}

TEST(Request, KeepsWhatItWasMadeFrom)
{
    any_request send(direction::send, {3, 5});
    EXPECT_EQ(send->kind, core::operation_kind::send);
    EXPECT_EQ(send->total, 8U);
    any_request receive(direction::receive, {7});
    EXPECT_EQ(receive->kind, core::operation_kind::receive);
    EXPECT_EQ(receive->total, 7U);
}

// 01_050, 01_056, 01_078, 01_079
TEST(Request, DescribesTheBuffersAtTheirPositions)
{
    for (const direction way : {direction::send, direction::receive}) {
        any_request request(way, {3, 5, UINT32_MAX});
        const std::vector<as_buffer> buffers = request.begin_round();
        ASSERT_EQ(buffers.size(), 3U);
        EXPECT_EQ(any_request::offset_of(buffers[0]), 0U);
        EXPECT_EQ(buffers[0].size, 3U);
        EXPECT_EQ(any_request::offset_of(buffers[1]), 3U);
        EXPECT_EQ(buffers[1].size, 5U);
        EXPECT_EQ(any_request::offset_of(buffers[2]), 8U);
        EXPECT_EQ(buffers[2].size, UINT32_MAX);
    }
}

// 01_064
TEST(Request, IsFoundFromTheOverlappedOfItsCall)
{
    any_request request(direction::send, {1});
    EXPECT_EQ(&win32::request::of(&request->overlapped), &*request);
}

// Fast mode.
TEST(Request, WithoutAnEventHasNone)
{
    const as_buffer buffer{};
    request made({nullptr, nullptr, 0, {.left = {&buffer, 1}}, core::operation_kind::send}, {});
    as_buffer room[request::buffers_behind_a_cut];
    (void)made.begin_round(1, room);
    EXPECT_EQ(made.overlapped.hEvent, nullptr);
}

// 01_057, 01_080
TEST(Request, ACallHasTheEventAndIsOtherwiseEmpty)
{
    any_request request(direction::send, 1025, 1);
    for (int round = 0; round < 2; ++round) {
        request->overlapped.Internal = request->overlapped.InternalHigh = 7;
        (void)request.begin_round();
        EXPECT_TRUE(is_unset(request->overlapped.hEvent));
        EXPECT_EQ(request->overlapped.Internal, 0U);
        EXPECT_EQ(request->overlapped.InternalHigh, 0U);
        EXPECT_EQ(request->overlapped.Pointer, nullptr);
        EXPECT_FALSE(request->round_is_over());
        request->set_round_over();
    }
}

// 01_068, 01_072
TEST(Request, GivesTheEventBackWhenItIsLetGo)
{
    const std::size_t before = test::open_handles();
    any_request request(direction::receive, 3000, 1);
    EXPECT_GT(test::open_handles(), before);
    request->let_go();
    EXPECT_EQ(test::open_handles(), before);
}

// 01_061, 01_082: no more than the system takes.
TEST(Request, ARoundHasTheBuffersOfOneCall)
{
    for (const direction way : {direction::send, direction::receive}) {
        any_request(way, 1, 2).expect_round_covers(0, 2);
        any_request(way, 1023, 2).expect_round_covers(0, 2046);
        any_request(way, 1024, 2).expect_round_covers(0, 2048);
        any_request(way, 1025, 2).expect_round_covers(0, 2048);
        any_request(way, 100000, 2).expect_round_covers(0, 2048);
    }
}

} // namespace
