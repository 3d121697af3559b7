// c_api/c_pal/result.hpp: what the callbacks are told.
#include "c_api/c_pal/result.hpp"

#include <algorithm>
#include <cstdint>

#include <gtest/gtest.h>

namespace {

using namespace async_socket::c_api;
using async_socket::core::ending;

constexpr std::uint64_t beyond_32_bits = 0x100000000;
constexpr ending ends_of_connections[] = {ending::end_of_stream, ending::reset, ending::closed_here};
constexpr ending failures[] = {ending::cancelled,     ending::timed_out,    ending::refused,
                               ending::unreachable,   ending::no_such_name, ending::no_room,
                               ending::not_available, ending::invalid,      ending::failed};

ASYNC_SOCKET_SEND_RESULT sent(ending how, std::uint64_t bytes)
{
    return send_result_of({how, bytes, 0});
}

void expect_received(const receive_report& report, ASYNC_SOCKET_RECEIVE_RESULT result, std::uint32_t bytes)
{
    EXPECT_EQ(report.result, result);
    EXPECT_EQ(report.bytes, bytes);
}

// 01_066
TEST(SendResult, AllBytesGoneIsOk)
{
    EXPECT_EQ(sent(ending::done, 1), ASYNC_SOCKET_SEND_OK);
    EXPECT_EQ(sent(ending::done, 1000), ASYNC_SOCKET_SEND_OK);
    EXPECT_EQ(sent(ending::done, UINT32_MAX), ASYNC_SOCKET_SEND_OK);
}

// 01_067
TEST(SendResult, EveryFailureIsAnErrorWhateverItsCount)
{
    const auto expect_error = [](ending how) {
        for (const std::uint64_t bytes : {0U, 500U, 1000U}) {
            EXPECT_EQ(sent(how, bytes), ASYNC_SOCKET_SEND_ERROR) << static_cast<int>(how);
        }
    };
    std::ranges::for_each(failures, expect_error);
    std::ranges::for_each(ends_of_connections, expect_error);
}

// 01_069
TEST(ReceiveReport, BytesAreReported)
{
    expect_received(receive_report_of({ending::done, 1, 0}, 1), ASYNC_SOCKET_RECEIVE_OK, 1);
    expect_received(receive_report_of({ending::done, 1, 0}, 1000), ASYNC_SOCKET_RECEIVE_OK, 1);
    expect_received(receive_report_of({ending::done, 1000, 0}, 1000), ASYNC_SOCKET_RECEIVE_OK, 1000);
    expect_received(receive_report_of({ending::done, UINT32_MAX, 0}, UINT32_MAX), ASYNC_SOCKET_RECEIVE_OK, UINT32_MAX);
}

// 42_003
TEST(ReceiveReport, NoBytesAreTheEndOfTheStream)
{
    expect_received(receive_report_of({ending::end_of_stream, 0, 0}, 1000), ASYNC_SOCKET_RECEIVE_ABANDONED, 0);
}

// 42_001
TEST(ReceiveReport, ALostConnectionIsAbandonedWithNoBytes)
{
    for (const ending how : ends_of_connections) {
        expect_received(receive_report_of({how, 0, 64}, 1000), ASYNC_SOCKET_RECEIVE_ABANDONED, 0);
        expect_received(receive_report_of({how, 500, 1236}, 1000), ASYNC_SOCKET_RECEIVE_ABANDONED, 0);
    }
}

// 01_070
TEST(ReceiveReport, EveryOtherFailureIsAnErrorWithNoBytes)
{
    for (const ending how : failures) {
        expect_received(receive_report_of({how, 0, 995}, 1000), ASYNC_SOCKET_RECEIVE_ERROR, 0);
        expect_received(receive_report_of({how, 500, 10055}, 1000), ASYNC_SOCKET_RECEIVE_ERROR, 0);
        expect_received(receive_report_of({how, 2000, 234}, 1000), ASYNC_SOCKET_RECEIVE_ERROR, 0);
    }
}

// 01_095
TEST(ReceiveReport, MoreBytesThanThereIsRoomForAreAnErrorWithThatCount)
{
    expect_received(receive_report_of({ending::done, 1001, 0}, 1000), ASYNC_SOCKET_RECEIVE_ERROR, 1001);
    expect_received(receive_report_of({ending::done, UINT32_MAX, 0}, 1), ASYNC_SOCKET_RECEIVE_ERROR, UINT32_MAX);
}

// 01_095: compared at full width; what does not fit the callback's parameter is the largest that does.
TEST(ReceiveReport, ACountBeyond32BitsIsAnErrorAndNotASmallCount)
{
    expect_received(receive_report_of({ending::done, beyond_32_bits + 1, 0}, 1), ASYNC_SOCKET_RECEIVE_ERROR,
                    UINT32_MAX);
    expect_received(receive_report_of({ending::done, beyond_32_bits, 0}, UINT32_MAX), ASYNC_SOCKET_RECEIVE_ERROR,
                    UINT32_MAX);
}

} // namespace
