// win32/socket/request.hpp: what becomes of a request round after round. "Part" is one system call; here the
// test plays the system.
#include <algorithm>
#include <cstdint>
#include <vector>

#include <gtest/gtest.h>

#include "core/result.hpp"
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
    expect_outcome(send.run_round({{NO_ERROR, 8}}), ending::done, 8, NO_ERROR);
    EXPECT_FALSE(send->can_go_on());
    EXPECT_EQ(send->transferred(), 8U);
}

TEST(RequestRound, AFailureKeepsItsCode)
{
    any_request send(direction::send, {3, 5});
    expect_outcome(send.run_round({{reset, 0}}), ending::reset, 0, reset);
    any_request receive(direction::receive, {3, 5});
    expect_outcome(receive.run_round({{other_error, 0}}), ending::failed, 0, other_error);
}

TEST(RequestRound, TheByteCountOfAFailureMeansNothing)
{
    any_request receive(direction::receive, {3, 5});
    expect_outcome(receive.run_round({{234, 77}}), ending::failed, 0, 234);
    EXPECT_EQ(receive->transferred(), 0U);
}

// 01_102
TEST(RequestRound, ASendThatIsShortOrLongByItsCountIsAnError)
{
    for (const std::uint64_t bytes :
         {std::uint64_t{0}, std::uint64_t{7}, std::uint64_t{9}, std::uint64_t{0x100000008}}) {
        any_request send(direction::send, {3, 5});
        const core::outcome outcome = send.run_round({{NO_ERROR, bytes}});
        EXPECT_EQ(core::send_result_of(outcome, send.total()), ASYNC_SOCKET_SEND_ERROR) << bytes;
    }
}

// 01_095
TEST(RequestRound, AReceiveThatIsTooLongByItsCountIsAnErrorWithThatCount)
{
    any_request receive(direction::receive, {3, 5});
    const core::outcome outcome = receive.run_round({{NO_ERROR, 9}});
    EXPECT_FALSE(receive->can_go_on());
    const core::receive_report report = core::receive_report_of(outcome, receive.total());
    EXPECT_EQ(report.result, ASYNC_SOCKET_RECEIVE_ERROR);
    EXPECT_EQ(report.bytes, 9U);
}

// 01_069
TEST(RequestRound, AReceiveMayEndWithFewerBytesThanThereIsRoomFor)
{
    any_request receive(direction::receive, {3, 5});
    expect_outcome(receive.run_round({{NO_ERROR, 1}}), ending::done, 1, NO_ERROR);
    EXPECT_FALSE(receive->round_was_filled());
}

// 42_003
TEST(RequestRound, AReceiveWithNoBytesIsTheEndOfTheStream)
{
    any_request receive(direction::receive, {3, 5});
    expect_outcome(receive.run_round({{NO_ERROR, 0}}), ending::end_of_stream, 0, NO_ERROR);
    any_request send(direction::send, {3, 5});
    expect_outcome(send.run_round({{NO_ERROR, 0}}), ending::done, 0, NO_ERROR);
}

TEST(RequestRound, AnEndOfTheStreamBehindBytesIsTheNextReceives)
{
    any_request receive(direction::receive, 1025, 2);
    (void)receive.run_round({{NO_ERROR, 2048}});
    ASSERT_TRUE(receive->can_go_on());
    receive.expect_round_covers(2048, 2050);
    expect_outcome(receive.end_round({{NO_ERROR, 0}}), ending::done, 2048, NO_ERROR);
}

TEST(RequestRound, AReceiveThatFilledItsPartSaysSo)
{
    any_request receive(direction::receive, 1025, 2);
    (void)receive.run_round({{NO_ERROR, 2048}});
    EXPECT_TRUE(receive->round_was_filled());
    EXPECT_TRUE(receive->can_go_on());
    receive.expect_round_covers(2048, 2050);
    (void)receive.end_round({{NO_ERROR, 1}});
    EXPECT_FALSE(receive->round_was_filled());
}

TEST(RequestRound, AFailedRoundWasNotFilled)
{
    any_request receive(direction::receive, {8});
    (void)receive.run_round({{aborted, 8}});
    EXPECT_FALSE(receive->round_was_filled());
    any_request other(direction::receive, {8});
    (void)other.run_round({{other_error, 8}});
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
            expect_outcome(request.run_round({{aborted, cut}}), ending::cancelled, cut, aborted);
            ASSERT_TRUE(request->can_go_on());
            request.expect_round_covers(cut, 10);
            expect_outcome(request.end_round({{NO_ERROR, 10 - cut}}), ending::done, 10, NO_ERROR);
            EXPECT_FALSE(request->can_go_on());
        }
    }
}

TEST(RequestRound, ACancellationBehindTheLastByteLeavesNothingToGoOnWith)
{
    any_request send(direction::send, {3, 5});
    expect_outcome(send.run_round({{aborted, 8}}), ending::cancelled, 8, aborted);
    EXPECT_FALSE(send->can_go_on());
}

TEST(RequestRound, GoesOnByteByByte)
{
    any_request send(direction::send, {2, 1, 3});
    for (std::uint64_t done = 0; done < 6; ++done) {
        send.expect_round_covers(done, 6);
        const core::outcome outcome = send.end_round({{aborted, 1}});
        EXPECT_EQ(outcome.bytes, done + 1);
    }
    EXPECT_FALSE(send->can_go_on());
    EXPECT_EQ(send->transferred(), 6U);
}

TEST(RequestRound, EachRoundIsLaidOutAfresh)
{
    any_request send(direction::send, 1100, 1);
    (void)send.run_round({{aborted, 90}, {aborted, 0}});
    ASSERT_TRUE(send->can_go_on());
    send.expect_round_covers(90, 1100);
    EXPECT_EQ(send->part_count(), 1U) << "1010 buffers are left";
    EXPECT_EQ(send->part(0).overlapped.Internal, 0U);
    EXPECT_NE(send->part(0).overlapped.hEvent, nullptr);
    EXPECT_EQ(send->part(0).code, 0U);
    EXPECT_EQ(send->part(0).bytes, 0U);
    (void)send.end_round({{NO_ERROR, 1010}});
    EXPECT_EQ(send->transferred(), 1100U);
}

TEST(RequestRound, AReceiveThatGoesOnTakesTheNextBuffersTheSystemTakes)
{
    any_request receive(direction::receive, 2000, 3);
    (void)receive.run_round({{aborted, 1000}});
    receive.expect_round_covers(1000, 1000 + 2 + 1023 * 3);
}

// ---- several parts -----------------------------------------------------------------------------------

TEST(RequestRound, TheLastPartThatEndsEndsTheRound)
{
    any_request send(direction::send, 2049, 1);
    send.begin_round();
    ASSERT_EQ(send->part_count(), 3U);
    EXPECT_FALSE(send->end_part());
    EXPECT_FALSE(send->end_part());
    EXPECT_TRUE(send->end_part());
}

// 01_066
TEST(RequestRound, AWholeSendInPartsIsDone)
{
    any_request send(direction::send, 2049, 2);
    const core::outcome outcome = send.run_round({{NO_ERROR, 2048}, {NO_ERROR, 2048}, {NO_ERROR, 2}});
    expect_outcome(outcome, ending::done, 4098, NO_ERROR);
    EXPECT_EQ(core::send_result_of(outcome, send.total()), ASYNC_SOCKET_SEND_OK);
}

TEST(RequestRound, TheFirstErrorInOrderIsTheOnesTold)
{
    any_request send(direction::send, 2049, 1);
    expect_outcome(send.run_round({{NO_ERROR, 1024}, {other_error, 0}, {reset, 0}}), ending::failed, 1024, other_error);
    any_request later(direction::send, 2049, 1);
    expect_outcome(later.run_round({{NO_ERROR, 1024}, {NO_ERROR, 1024}, {reset, 0}}), ending::reset, 2048, reset);
}

TEST(RequestRound, GoesOnAfterACutInAnyPart)
{
    // Three parts: 2048, 2048 and 4 bytes.
    constexpr std::uint64_t ends_of_parts[] = {2048, 4096, 4100};
    for (const std::uint64_t cut : {0U, 1U, 2U, 2047U, 2048U, 2049U, 4095U, 4096U, 4097U, 4099U}) {
        any_request send(direction::send, 2050, 2);
        std::vector<test::part_end> ends;
        std::uint64_t begin = 0;
        for (const std::uint64_t end : ends_of_parts) {
            const std::uint64_t bytes = cut <= begin ? 0 : std::min(cut, end) - begin;
            ends.push_back({cut >= end ? NO_ERROR : aborted, bytes});
            begin = end;
        }
        expect_outcome(send.run_round(ends), ending::cancelled, cut, aborted);
        ASSERT_TRUE(send->can_go_on());
        send.expect_round_covers(cut, 4100);
    }
}

// 01_067: bytes behind a cut that went out all the same cannot be repaired.
TEST(RequestRound, BytesBehindAGapForbidGoingOn)
{
    any_request send(direction::send, 2048, 1);
    expect_outcome(send.run_round({{aborted, 1000}, {NO_ERROR, 1024}}), ending::cancelled, 2024, aborted);
    EXPECT_FALSE(send->can_go_on());
    any_request partly(direction::send, 2048, 1);
    (void)partly.run_round({{aborted, 0}, {aborted, 1}});
    EXPECT_FALSE(partly->can_go_on());
}

// Whatever follows the bytes behind the cut.
TEST(RequestRound, AGapIsNotForgottenByLaterParts)
{
    any_request send(direction::send, 4000, 1);
    (void)send.run_round({{aborted, 1000}, {NO_ERROR, 1024}, {aborted, 0}, {NO_ERROR, 0}});
    EXPECT_TRUE(send->has_gap());
    EXPECT_FALSE(send->can_go_on());
    any_request lost(direction::send, 4000, 1);
    (void)lost.run_round({{739, 0}, {aborted, 0}, {aborted, 0}, {aborted, 0}});
    EXPECT_TRUE(lost->has_gap()) << "nobody knows what a lost part has moved";
}

TEST(RequestRound, NothingBehindTheCutIsNoGap)
{
    any_request send(direction::send, 3000, 1);
    (void)send.run_round({{NO_ERROR, 1024}, {aborted, 6}, {aborted, 0}});
    ASSERT_TRUE(send->can_go_on());
    send.expect_round_covers(1030, 3000);
}

TEST(RequestRound, AnErrorWithAMeaninglessCountBehindTheCutIsNoGap)
{
    any_request send(direction::send, 2048, 1);
    (void)send.run_round({{aborted, 6}, {other_error, 99}});
    EXPECT_EQ(send->transferred(), 6U);
    EXPECT_TRUE(send->can_go_on());
}

// 01_102: each part counts against its own length.
TEST(RequestRound, APartThatIsShortIsAnErrorEvenIfAnotherIsLong)
{
    any_request short_first(direction::send, 2048, 1);
    const core::outcome first = short_first.run_round({{NO_ERROR, 1023}, {NO_ERROR, 1025}});
    EXPECT_EQ(core::send_result_of(first, short_first.total()), ASYNC_SOCKET_SEND_ERROR);
    any_request long_first(direction::send, 2048, 1);
    const core::outcome second = long_first.run_round({{NO_ERROR, 1025}, {NO_ERROR, 1023}});
    EXPECT_EQ(core::send_result_of(second, long_first.total()), ASYNC_SOCKET_SEND_ERROR);
}

// 01_102
TEST(RequestRound, APartThatIsShortIsAnError)
{
    any_request send(direction::send, 2048, 1);
    const core::outcome outcome = send.run_round({{NO_ERROR, 1024}, {NO_ERROR, 1000}});
    EXPECT_EQ(core::send_result_of(outcome, send.total()), ASYNC_SOCKET_SEND_ERROR);
}

// ---- parts that could not be issued ------------------------------------------------------------------

TEST(RequestRound, PartsThatWereNotIssuedEndWithTheErrorOfTheRefusal)
{
    any_request send(direction::send, 3000, 1);
    send.begin_round();
    ASSERT_EQ(send->part_count(), 3U);
    send->refuse_parts_from(1, other_error);
    send->part(0).code = NO_ERROR;
    send->part(0).bytes = 1024;
    EXPECT_TRUE(send->end_part()) << "only the one that was issued is waited for";
    expect_outcome(send->end_round(), ending::failed, 1024, other_error);
}

TEST(RequestRound, ARefusalOfTheLastPartWaitsForTheOthers)
{
    any_request send(direction::send, 3000, 1);
    send.begin_round();
    send->refuse_parts_from(2, WSAECONNRESET);
    send->part(0).bytes = 1024;
    EXPECT_FALSE(send->end_part());
    send->part(1).bytes = 1024;
    EXPECT_TRUE(send->end_part());
    expect_outcome(send->end_round(), ending::failed, 2048, WSAECONNRESET);
}

// ---- counts beyond 32 bits ---------------------------------------------------------------------------

TEST(RequestRound, CountsAreKeptAtFullWidth)
{
    constexpr std::uint32_t length = 0x800000; // 8 MiB: one part holds 8 GiB
    constexpr std::uint64_t part = std::uint64_t{1024} * length;
    any_request send(direction::send, 2048, length);
    expect_outcome(send.run_round({{NO_ERROR, part}, {aborted, 5}}), ending::cancelled, part + 5, aborted);
    ASSERT_TRUE(send->can_go_on());
    send.expect_round_covers(part + 5, 2 * part);
    expect_outcome(send.end_round({{NO_ERROR, part - 5}}), ending::done, 2 * part, NO_ERROR);
}

TEST(RequestRound, OneBufferOfUINT32_MAXBytesGoesOnFromItsLastByte)
{
    any_request send(direction::send, {UINT32_MAX});
    (void)send.run_round({{aborted, UINT32_MAX - 1U}});
    ASSERT_TRUE(send->can_go_on());
    send.expect_round_covers(UINT32_MAX - 1U, UINT32_MAX);
    expect_outcome(send.end_round({{NO_ERROR, 1}}), ending::done, UINT32_MAX, NO_ERROR);
}

} // namespace
