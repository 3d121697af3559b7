// win32/socket/request.hpp: what a request is made of, and how its first round is laid out.
#include "win32/socket/request.hpp"

#include <cstdint>

#include <gtest/gtest.h>

#include "core/block_cache.hpp"
#include "core/payload.hpp"
#include "handle_count.hpp"
#include "support/any_request.hpp"

namespace {

using namespace async_socket;
using core::direction;
using test::any_request;
using win32::io_part;
using win32::request;

// Outside of the test macros: clang-tidy does not like how the constant is spelled.
bool is_unset(HANDLE event)
{
    return WaitForSingleObject(event, 0) == WAIT_TIMEOUT;
}

// The system is handed our buffers as its own.
static_assert(sizeof(SOCKET_BUFFER) == sizeof(WSABUF));
static_assert(offsetof(SOCKET_BUFFER, length) == offsetof(WSABUF, len));
static_assert(offsetof(SOCKET_BUFFER, buffer) == offsetof(WSABUF, buf));
static_assert(sizeof(SOCKET_BUFFER::length) == sizeof(WSABUF::len));

TEST(Request, KeepsWhatItWasMadeFrom)
{
    const any_request send(direction::send, {3, 5});
    EXPECT_EQ(send->kind, core::operation_kind::send);
    EXPECT_EQ(send->total, 8U);
    const any_request receive(direction::receive, {7});
    EXPECT_EQ(receive->kind, core::operation_kind::receive);
    EXPECT_EQ(receive->total, 7U);
}

// 01_050, 01_056, 01_078, 01_079
TEST(Request, DescribesTheBuffersAtTheirPositions)
{
    for (const direction way : {direction::send, direction::receive}) {
        const any_request request(way, {3, 5, UINT32_MAX});
        request.begin_round();
        ASSERT_EQ(request->part_count(), 1U);
        const io_part& part = request->part(0);
        ASSERT_EQ(part.buffer_count, 3U);
        EXPECT_EQ(any_request::offset_of(part.buffers[0]), 0U);
        EXPECT_EQ(part.buffers[0].length, 3U);
        EXPECT_EQ(any_request::offset_of(part.buffers[1]), 3U);
        EXPECT_EQ(part.buffers[1].length, 5U);
        EXPECT_EQ(any_request::offset_of(part.buffers[2]), 8U);
        EXPECT_EQ(part.buffers[2].length, UINT32_MAX);
    }
}

// 01_064
TEST(Request, IsFoundFromTheOverlappedOfAnyPart)
{
    const any_request request(direction::send, 2500, 1);
    request.begin_round();
    ASSERT_EQ(request->part_count(), 3U);
    for (std::uint32_t i = 0; i < 3; ++i) {
        io_part& part = io_part::of(&request->part(i).overlapped);
        EXPECT_EQ(&part, &request->part(i));
        EXPECT_EQ(part.whole, &*request);
    }
}

// Fast mode.
TEST(Request, OfRecycledMemoryHasNoEventAndGivesItBack)
{
    core::block_cache memory(request::size_for(4));
    unsigned char byte = 0;
    const ASYNC_SOCKET_BUFFER buffer{&byte, 1};
    const core::operation asked{core::operation_kind::send, 1, nullptr, nullptr, nullptr};
    request* const first = request::create(core::completion_mode::fast, memory, asked, &buffer, 1);
    ASSERT_NE(first, nullptr);
    first->begin_round(1);
    EXPECT_EQ(first->part(0).overlapped.hEvent, nullptr);
    first->destroy();
    request* const second = request::create(core::completion_mode::fast, memory, asked, &buffer, 1);
    EXPECT_EQ(second, first);
    second->destroy();
}

// 01_057, 01_080
TEST(Request, EveryPartHasAnEventAndIsOtherwiseEmpty)
{
    const any_request request(direction::send, 1025, 1);
    request.begin_round();
    ASSERT_EQ(request->part_count(), 2U);
    for (std::uint32_t i = 0; i < 2; ++i) {
        const OVERLAPPED& overlapped = request->part(i).overlapped;
        EXPECT_TRUE(is_unset(overlapped.hEvent));
        EXPECT_EQ(overlapped.Internal, 0U);
        EXPECT_EQ(overlapped.InternalHigh, 0U);
        EXPECT_EQ(overlapped.Pointer, nullptr);
    }
}

// 01_068, 01_072
TEST(Request, GivesTheEventBackWithItself)
{
    const std::size_t before = test::open_handles();
    {
        const any_request request(direction::receive, 3000, 1);
        EXPECT_GT(test::open_handles(), before);
    }
    EXPECT_EQ(test::open_handles(), before);
}

TEST(Request, ASendHasAsManyPartsAsItNeeds)
{
    const auto parts_of = [](std::uint32_t buffers) {
        any_request request(direction::send, buffers, 2);
        request.expect_round_covers(0, std::uint64_t{2} * buffers);
        return request->part_count();
    };
    EXPECT_EQ(parts_of(1), 1U);
    EXPECT_EQ(parts_of(1023), 1U);
    EXPECT_EQ(parts_of(1024), 1U);
    EXPECT_EQ(parts_of(1025), 2U);
    EXPECT_EQ(parts_of(2048), 2U);
    EXPECT_EQ(parts_of(2049), 3U);
    EXPECT_EQ(parts_of(100000), 98U);
}

// 01_082: the first 1024 buffers of a longer list serve a receive.
TEST(Request, AReceiveHasOnePart)
{
    any_request few(direction::receive, 1024, 2);
    few.expect_round_covers(0, 2048);
    EXPECT_EQ(few->part_count(), 1U);
    any_request many(direction::receive, 3000, 2);
    many.expect_round_covers(0, 2048);
    EXPECT_EQ(many->part_count(), 1U);
}

// 01_103: what payload_problem compares with UINT32_MAX is what create allocates at most.
TEST(Request, ItsSizeIsFullWidthAndGrowsWithTheBuffers)
{
    EXPECT_EQ(request::size_for(1), sizeof(request) + sizeof(io_part) + sizeof(SOCKET_BUFFER));
    EXPECT_EQ(request::size_for(1024), sizeof(request) + sizeof(io_part) + 1024 * sizeof(SOCKET_BUFFER));
    EXPECT_EQ(request::size_for(1025), sizeof(request) + 2 * sizeof(io_part) + 1025 * sizeof(SOCKET_BUFFER));
    EXPECT_GT(request::size_for(UINT32_MAX), std::uint64_t{UINT32_MAX} * sizeof(SOCKET_BUFFER));
    EXPECT_EQ(backend::operation_size(5), request::size_for(5));
}

// 01_103: the first count that needs too much, with an array that is not even there.
TEST(Request, TheFirstCountThatNeedsTooMuchIsRefused)
{
    std::uint32_t accepted = 1;
    std::uint32_t refused = UINT32_MAX;
    while (refused - accepted > 1) {
        const std::uint32_t middle = accepted + (refused - accepted) / 2;
        (request::size_for(middle) > UINT32_MAX ? refused : accepted) = middle;
    }
    EXPECT_LE(request::size_for(accepted), UINT32_MAX);
    EXPECT_GT(request::size_for(refused), UINT32_MAX);
    std::uint64_t total = 0;
    const auto* const nowhere = reinterpret_cast<const ASYNC_SOCKET_BUFFER*>(std::uintptr_t{16});
    EXPECT_NE(core::payload_problem(nowhere, refused, &total), nullptr);
}

} // namespace
