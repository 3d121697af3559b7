// linux/system/error.hpp: errno in words of our own.
#include "linux/system/error.hpp"

#include <netdb.h>

#include <cerrno>

#include <gtest/gtest.h>

#include "c_api/c_pal/result.hpp"

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
    for (const int code : {EHOSTUNREACH, ENETUNREACH, EHOSTDOWN, ENETDOWN, ENODEV, EADDRNOTAVAIL}) {
        EXPECT_EQ(ending_of(code), ending::unreachable) << code;
    }
    for (const int code : {ENOMEM, ENOBUFS, EMFILE, ENFILE}) {
        EXPECT_EQ(ending_of(code), ending::no_room) << code;
    }
}

TEST(ErrorTranslation, ANameThatIsNotFoundSaysWhy)
{
    using linux_os::ending_of_lookup;
    EXPECT_EQ(ending_of_lookup(0, 0), ending::done);
    for (const int code : {EAI_NONAME, EAI_NODATA, EAI_ADDRFAMILY, EAI_SERVICE}) {
        EXPECT_EQ(ending_of_lookup(code, 0), ending::no_such_name) << code;
    }
    EXPECT_EQ(ending_of_lookup(EAI_MEMORY, 0), ending::no_room);
    for (const int code : {EAI_SYSTEM, EAI_AGAIN, EAI_FAIL, EAI_FAMILY, EAI_BADFLAGS, EAI_SOCKTYPE, EAI_OVERFLOW, 1}) {
        EXPECT_EQ(ending_of_lookup(code, 0), ending::failed) << code;
    }
    EXPECT_EQ(ending_of_lookup(EAI_SYSTEM, EMFILE), ending::no_room);
    EXPECT_EQ(ending_of_lookup(EAI_NONAME, EMFILE), ending::no_room);
    EXPECT_EQ(ending_of_lookup(EAI_SYSTEM, ENETUNREACH), ending::unreachable);
}

TEST(ErrorTranslation, AnErrorMayBeBehindAnotherOne)
{
    using linux_os::code_behind;
    EXPECT_EQ(code_behind(EAI_SYSTEM, EIO), EIO);
    EXPECT_EQ(code_behind(EAI_SYSTEM, 0), 0);
    EXPECT_EQ(code_behind(EAI_NONAME, EMFILE), EMFILE); // it could not look
    EXPECT_EQ(code_behind(EAI_NONAME, ENOENT), 0);      // it has looked into what there is
    EXPECT_EQ(code_behind(EAI_AGAIN, EMFILE), 0);
    EXPECT_EQ(code_behind(0, EMFILE), 0);
}

// 01_067, 01_070
TEST(ErrorTranslation, EverythingElseIsAFailure)
{
    for (const int code : {EBADF, EINVAL, EIO, EFAULT, EACCES, EMSGSIZE, -1}) {
        EXPECT_EQ(ending_of(code), ending::failed) << code;
    }
}

// 42_001
TEST(ErrorTranslation, OnlyTheEndOfTheConnectionReachesTheUserAsAbandoned)
{
    for (const int code : {ECONNRESET, ECONNABORTED, EPIPE, ENOTCONN}) {
        const core::outcome outcome{ending_of(code), 0, static_cast<std::uint32_t>(code)};
        EXPECT_EQ(c_api::receive_report_of(outcome, 10).result, ASYNC_SOCKET_RECEIVE_ABANDONED) << code;
    }
    for (const int code : {ETIMEDOUT, EHOSTUNREACH, ENOMEM, EIO}) {
        const core::outcome outcome{ending_of(code), 0, static_cast<std::uint32_t>(code)};
        EXPECT_EQ(c_api::receive_report_of(outcome, 10).result, ASYNC_SOCKET_RECEIVE_ERROR) << code;
    }
}

} // namespace
