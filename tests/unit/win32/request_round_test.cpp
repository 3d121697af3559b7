// win32/socket/request.hpp: what becomes of a request round after round. Here the test plays the system.
#include <algorithm>
#include <cstdint>
#include <vector>

#include <gtest/gtest.h>

#include "support/any_request.hpp"

namespace {

using namespace async_socket;
using core::direction;
using core::ending;
using test::any_request;

constexpr ULONG aborted = ERROR_OPERATION_ABORTED;
constexpr ULONG reset = ERROR_NETNAME_DELETED;
constexpr ULONG other_error = WSAENOBUFS;

void expect_outcome(const core::outcome& outcome, ending how, std::uint64_t bytes, ULONG code)
{
    EXPECT_EQ(outcome.how, how);
    EXPECT_EQ(outcome.bytes, bytes);
    EXPECT_EQ(outcome.code, code);
}

// ---- one part --------------------------------------------------------------------------------------

// 01_066
TEST(RequestRound, AWholeSendIsDone)
{
    any_request send(direction::send, {3, 5});
    expect_outcome(send.run_round(NO_ERROR, 8), ending::done, 8, NO_ERROR);
    EXPECT_FALSE(send->can_go_on());
    EXPECT_EQ(send->transferred(), 8U);
}

TEST(RequestRound, AFailureKeepsItsCode)
{
    any_request send(direction::send, {3, 5});
    expect_outcome(send.run_round(reset, 0), ending::reset, 0, reset);
    any_request receive(direction::receive, {3, 5});
    expect_outcome(receive.run_round(other_error, 0), ending::failed, 0, other_error);
}

TEST(RequestRound, TheByteCountOfAFailureMeansNothing)
{
    any_request receive(direction::receive, {3, 5});
    expect_outcome(receive.run_round(234, 77), ending::failed, 0, 234);
    EXPECT_EQ(receive->transferred(), 0U);
}

// 01_102
TEST(RequestRound, ASendThatIsShortOrLongByItsCountIsAnError)
{
    for (const std::uint64_t bytes :
         {std::uint64_t{0}, std::uint64_t{7}, std::uint64_t{9}, std::uint64_t{0x100000008}}) {
        any_request send(direction::send, {3, 5});
        const core::outcome outcome = send.run_round(NO_ERROR, bytes);
        EXPECT_EQ(outcome.how, ending::failed) << bytes;
    }
}

// 01_095
TEST(RequestRound, AReceiveThatIsTooLongByItsCountIsAnErrorWithThatCount)
{
    any_request receive(direction::receive, {3, 5});
    const core::outcome outcome = receive.run_round(NO_ERROR, 9);
    EXPECT_FALSE(receive->can_go_on());
    EXPECT_EQ(outcome.bytes, 9U); // more than there is room for, which the caller's side knows
}

// 01_069
TEST(RequestRound, AReceiveMayEndWithFewerBytesThanThereIsRoomFor)
{
    any_request receive(direction::receive, {3, 5});
    expect_outcome(receive.run_round(NO_ERROR, 1), ending::done, 1, NO_ERROR);
    EXPECT_FALSE(receive->round_was_filled());
}

// 42_003
TEST(RequestRound, AReceiveWithNoBytesIsTheEndOfTheStream)
{
    any_request receive(direction::receive, {3, 5});
    expect_outcome(receive.run_round(NO_ERROR, 0), ending::end_of_stream, 0, NO_ERROR);
    any_request send(direction::send, {3, 5});
    expect_outcome(send.run_round(NO_ERROR, 0), ending::failed, 0, NO_ERROR);
}

TEST(RequestRound, AnEndOfTheStreamBehindBytesIsTheNextReceives)
{
    any_request receive(direction::receive, 1025, 2);
    (void)receive.run_round(NO_ERROR, 2048);
    ASSERT_TRUE(receive->can_go_on());
    receive.expect_round_covers(2048, 2050);
    expect_outcome(receive.end_round(NO_ERROR, 0), ending::done, 2048, NO_ERROR);
}

TEST(RequestRound, AReceiveThatFilledItsPartSaysSo)
{
    any_request receive(direction::receive, 1025, 2);
    (void)receive.run_round(NO_ERROR, 2048);
    EXPECT_TRUE(receive->round_was_filled());
    EXPECT_TRUE(receive->can_go_on());
    receive.expect_round_covers(2048, 2050);
    (void)receive.end_round(NO_ERROR, 1);
    EXPECT_FALSE(receive->round_was_filled());
}

TEST(RequestRound, AFailedRoundWasNotFilled)
{
    any_request receive(direction::receive, {8});
    (void)receive.run_round(aborted, 8);
    EXPECT_FALSE(receive->round_was_filled());
    any_request other(direction::receive, {8});
    (void)other.run_round(other_error, 8);
    EXPECT_FALSE(other->round_was_filled());
}

// ---- going on after a cancellation -------------------------------------------------------------------

// 01_067, 01_070
TEST(RequestRound, GoesOnFromEveryByte)
{
    const std::vector<std::uint32_t> lengths{1, 4, 2, 3};
    for (std::uint64_t cut = 0; cut < 10; ++cut) {
        for (const direction way : {direction::send, direction::receive}) {
            any_request request(way, lengths);
            expect_outcome(request.run_round(aborted, cut), ending::cancelled, cut, aborted);
            ASSERT_TRUE(request->can_go_on());
            request.expect_round_covers(cut, 10);
            expect_outcome(request.end_round(NO_ERROR, 10 - cut), ending::done, 10, NO_ERROR);
            EXPECT_FALSE(request->can_go_on());
        }
    }
}

TEST(RequestRound, ACancellationBehindTheLastByteLeavesNothingToGoOnWith)
{
    any_request send(direction::send, {3, 5});
    expect_outcome(send.run_round(aborted, 8), ending::cancelled, 8, aborted);
    EXPECT_FALSE(send->can_go_on());
}

TEST(RequestRound, GoesOnByteByByte)
{
    any_request send(direction::send, {2, 1, 3});
    for (std::uint64_t done = 0; done < 6; ++done) {
        send.expect_round_covers(done, 6);
        const core::outcome outcome = send.end_round(aborted, 1);
        EXPECT_EQ(outcome.bytes, done + 1);
    }
    EXPECT_FALSE(send->can_go_on());
    EXPECT_EQ(send->transferred(), 6U);
}

TEST(RequestRound, AReceiveThatGoesOnTakesTheNextBuffersTheSystemTakes)
{
    any_request receive(direction::receive, 2000, 3);
    (void)receive.run_round(aborted, 1000);
    receive.expect_round_covers(1000, 1000 + 2 + 63 * 3); // of a cut buffer and those behind it some are copied
}

// ---- more buffers than one call takes --------------------------------------------------------------

// 01_066
TEST(RequestRound, AWholeSendInRoundsIsDone)
{
    any_request send(direction::send, 2049, 2);
    expect_outcome(send.run_round(NO_ERROR, 2048), ending::done, 2048, NO_ERROR);
    ASSERT_TRUE(send->can_go_on());
    send.expect_round_covers(2048, 4096);
    expect_outcome(send.end_round(NO_ERROR, 2048), ending::done, 4096, NO_ERROR);
    send.expect_round_covers(4096, 4098);
    expect_outcome(send.end_round(NO_ERROR, 2), ending::done, 4098, NO_ERROR);
    EXPECT_FALSE(send->can_go_on());
}

TEST(RequestRound, GoesOnAfterACutInAnyRound)
{
    // Three rounds: 2048, 2048 and 4 bytes.
    for (const std::uint64_t cut : {0U, 1U, 2U, 2047U, 2048U, 2049U, 4095U, 4096U, 4097U, 4099U}) {
        any_request send(direction::send, 2050, 2);
        std::uint64_t gone = 0;
        for (; gone + 2048 <= cut; gone += 2048) {
            (void)send.run_round(NO_ERROR, 2048);
        }
        expect_outcome(send.run_round(aborted, cut - gone), ending::cancelled, cut, aborted);
        ASSERT_TRUE(send->can_go_on());
        send.expect_round_covers(cut, std::min<std::uint64_t>(cut % 2 == 0 ? cut + 2048 : cut + 127, 4100));
    }
}

// 739: nobody knows what a lost send has moved.
TEST(RequestRound, ALostSendHasAGap)
{
    any_request send(direction::send, {8});
    (void)send.run_round(739, 0);
    EXPECT_TRUE(send->has_gap());
    EXPECT_FALSE(send->can_go_on());
    any_request receive(direction::receive, {8});
    (void)receive.run_round(739, 0);
    EXPECT_FALSE(receive->has_gap()) << "it has moved nothing";
}

// 01_102: each round counts against its own length.
TEST(RequestRound, ARoundThatIsShortOrLongIsAnError)
{
    for (const std::uint64_t bytes : {std::uint64_t{1023}, std::uint64_t{1025}}) {
        any_request send(direction::send, 2048, 1);
        expect_outcome(send.run_round(NO_ERROR, bytes), ending::failed, bytes, NO_ERROR);
    }
}

// ---- counts beyond 32 bits ---------------------------------------------------------------------------

TEST(RequestRound, CountsAreKeptAtFullWidth)
{
    constexpr std::uint32_t length = 0x800000; // 8 MiB: one part holds 8 GiB
    constexpr std::uint64_t part = std::uint64_t{1024} * length;
    any_request send(direction::send, 2048, length);
    expect_outcome(send.run_round(NO_ERROR, part), ending::done, part, NO_ERROR);
    expect_outcome(send.run_round(aborted, 5), ending::cancelled, part + 5, aborted);
    ASSERT_TRUE(send->can_go_on());
    const std::uint64_t copied = std::uint64_t{win32::request::buffers_behind_a_cut} * length;
    send.expect_round_covers(part + 5, part + copied);
    expect_outcome(send.end_round(NO_ERROR, copied - 5), ending::done, part + copied, NO_ERROR);
    send.expect_round_covers(part + copied, 2 * part);
}

TEST(RequestRound, OneBufferOfUINT32_MAXBytesGoesOnFromItsLastByte)
{
    any_request send(direction::send, {UINT32_MAX});
    (void)send.run_round(aborted, UINT32_MAX - 1U);
    ASSERT_TRUE(send->can_go_on());
    send.expect_round_covers(UINT32_MAX - 1U, UINT32_MAX);
    expect_outcome(send.end_round(NO_ERROR, 1), ending::done, UINT32_MAX, NO_ERROR);
}

} // namespace
