// linux/system/error.hpp: errno in words of our own.
#include "linux/system/error.hpp"

#include <cerrno>

#include <gtest/gtest.h>

#include "core/result.hpp"

namespace {

using namespace async_socket;
using core::ending;
using linux_os::ending_of;

// 42_001, LINUX_13_003
TEST(ErrorTranslation, AConnectionThatIsGoneSaysWhoEndedIt)
{
    EXPECT_EQ(ending_of(ECONNRESET), ending::reset);
    for (const int code : {ECONNABORTED, EPIPE, ENOTCONN}) {
        EXPECT_EQ(ending_of(code), ending::closed_here) << code;
    }
}

TEST(ErrorTranslation, AFailureSaysWhatWasMissing)
{
    EXPECT_EQ(ending_of(0), ending::done);
    EXPECT_EQ(ending_of(ETIMEDOUT), ending::timed_out);
    EXPECT_EQ(ending_of(ECONNREFUSED), ending::refused);
    for (const int code : {EHOSTUNREACH, ENETUNREACH, EHOSTDOWN, ENETDOWN, ENODEV}) {
        EXPECT_EQ(ending_of(code), ending::unreachable) << code;
    }
    for (const int code : {ENOMEM, ENOBUFS, EMFILE, ENFILE}) {
        EXPECT_EQ(ending_of(code), ending::no_room) << code;
    }
}

// 01_067, 01_070
TEST(ErrorTranslation, EverythingElseIsAFailure)
{
    for (const int code : {EBADF, EINVAL, EIO, EFAULT, EACCES, EMSGSIZE, ECANCELED, -1}) {
        EXPECT_EQ(ending_of(code), ending::failed) << code;
    }
}

// 42_001
TEST(ErrorTranslation, OnlyTheEndOfTheConnectionReachesTheUserAsAbandoned)
{
    for (const int code : {ECONNRESET, ECONNABORTED, EPIPE, ENOTCONN}) {
        const core::outcome outcome{ending_of(code), 0, static_cast<std::uint32_t>(code)};
        EXPECT_EQ(core::receive_report_of(outcome, 10).result, ASYNC_SOCKET_RECEIVE_ABANDONED) << code;
    }
    for (const int code : {ETIMEDOUT, EHOSTUNREACH, ENOMEM, EIO}) {
        const core::outcome outcome{ending_of(code), 0, static_cast<std::uint32_t>(code)};
        EXPECT_EQ(core::receive_report_of(outcome, 10).result, ASYNC_SOCKET_RECEIVE_ERROR) << code;
    }
}

} // namespace
