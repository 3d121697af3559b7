// async_socket/deadline.h
#include "async_socket/deadline.h"

#include <gtest/gtest.h>

namespace {

constexpr std::uint64_t ns_per_ms = 1'000'000;

TEST(Deadline, OfSoManyMillisecondsIsThatFarFromNow)
{
    for (const std::uint64_t ms : {0U, 1U, 1000U, UINT32_MAX}) {
        const as_deadline before = as_now();
        const as_deadline deadline = as_in_ms(ms);
        const as_deadline after = as_now();
        EXPECT_GE(deadline, before + ms * ns_per_ms) << ms;
        EXPECT_LE(deadline, after + ms * ns_per_ms) << ms;
    }
}

TEST(Deadline, LaterThanTheClockCanSayIsNever)
{
    EXPECT_EQ(as_in_ms(UINT64_MAX), AS_NEVER);
    EXPECT_EQ(as_in_ms(UINT64_MAX / ns_per_ms + 1), AS_NEVER);
    const std::uint64_t whole_ms_left = (UINT64_MAX - as_now()) / ns_per_ms;
    EXPECT_EQ(as_in_ms(whole_ms_left + 1), AS_NEVER);
}

TEST(Deadline, ThatTheClockCanSayIsNotNever)
{
    constexpr std::uint64_t an_hour = 3'600'000;
    const std::uint64_t whole_ms_left = (UINT64_MAX - as_now()) / ns_per_ms;
    EXPECT_LT(as_in_ms(whole_ms_left - an_hour), AS_NEVER);
    EXPECT_GT(as_in_ms(whole_ms_left - an_hour), AS_NEVER - 2 * an_hour * ns_per_ms);
}

} // namespace
