// win32/system/error.hpp: the system's codes in words of our own.
#include "win32/system/error.hpp"

#include <gtest/gtest.h>

#include "c_api/c_pal/result.hpp"

namespace {

using namespace async_socket;
using core::ending;
using win32::ending_of;
using win32::ending_of_refusal;

constexpr ULONG handles_closed = 676; // not in the SDK's headers

TEST(ErrorTranslation, NoErrorIsASuccess)
{
    EXPECT_EQ(ending_of(0), ending::done);
}

TEST(ErrorTranslation, AnAbortedOperationWasCancelled)
{
    EXPECT_EQ(ending_of(995), ending::cancelled); // ERROR_OPERATION_ABORTED
    EXPECT_EQ(ending_of(739), ending::cancelled); // Wine, of a thread that was ending
}

TEST(ErrorTranslation, OnlyWhatWineLosesIsLost)
{
    EXPECT_TRUE(win32::is_lost(739));
    for (const ULONG code : {0UL, 64UL, 738UL, 740UL, 995UL}) {
        EXPECT_FALSE(win32::is_lost(code)) << code;
    }
}

TEST(ErrorTranslation, AConnectionThatThisMachineGaveUpIsAborted)
{
    EXPECT_TRUE(win32::is_abort(1236));
    EXPECT_TRUE(win32::is_abort(10053));
    for (const std::uint32_t code : {0U, 64U, 995U, 10054U}) {
        EXPECT_FALSE(win32::is_abort(code)) << code;
    }
}

// 42_001
TEST(ErrorTranslation, AConnectionThatIsGoneIsALostConnection)
{
    EXPECT_EQ(ending_of(64), ending::reset);         // ERROR_NETNAME_DELETED
    EXPECT_EQ(ending_of(1236), ending::closed_here); // ERROR_CONNECTION_ABORTED
    EXPECT_EQ(ending_of(handles_closed), ending::closed_here);
}

TEST(ErrorTranslation, AFailureSaysWhatWasMissing)
{
    EXPECT_EQ(ending_of(121), ending::timed_out);    // ERROR_SEM_TIMEOUT
    EXPECT_EQ(ending_of(1231), ending::unreachable); // ERROR_NETWORK_UNREACHABLE
    EXPECT_EQ(ending_of(1232), ending::unreachable); // ERROR_HOST_UNREACHABLE
    EXPECT_EQ(ending_of(1225), ending::refused);     // ERROR_CONNECTION_REFUSED
    // ERROR_NOT_ENOUGH_MEMORY, ERROR_OUTOFMEMORY, ERROR_NO_SYSTEM_RESOURCES, and three quotas
    for (const unsigned long shortage : {8UL, 14UL, 1450UL, 1453UL, 1455UL, 1816UL}) {
        EXPECT_EQ(ending_of(shortage), ending::no_room) << shortage;
        EXPECT_EQ(ending_of_refusal(shortage), ending::no_room) << shortage;
    }
}

TEST(ErrorTranslation, ARefusalSaysWhetherThereIsAConnection)
{
    EXPECT_EQ(ending_of_refusal(0), ending::closed_here);
    EXPECT_EQ(ending_of_refusal(10053), ending::closed_here);   // WSAECONNABORTED
    EXPECT_EQ(ending_of_refusal(10057), ending::closed_here);   // WSAENOTCONN
    EXPECT_EQ(ending_of_refusal(10058), ending::closed_here);   // WSAESHUTDOWN
    EXPECT_EQ(ending_of_refusal(10042), ending::not_available); // WSAENOPROTOOPT
    EXPECT_EQ(ending_of_refusal(10045), ending::not_available); // WSAEOPNOTSUPP
    EXPECT_EQ(ending_of_refusal(10054), ending::reset);         // WSAECONNRESET
    EXPECT_EQ(ending_of_refusal(10055), ending::no_room);       // WSAENOBUFS
    // Of a new socket, and of one that connects.
    EXPECT_EQ(ending_of_refusal(10024), ending::no_room);       // WSAEMFILE
    EXPECT_EQ(ending_of_refusal(10047), ending::not_available); // WSAEAFNOSUPPORT
    EXPECT_EQ(ending_of_refusal(10049), ending::unreachable);   // WSAEADDRNOTAVAIL
    EXPECT_EQ(ending_of_refusal(10051), ending::unreachable);   // WSAENETUNREACH
    EXPECT_EQ(ending_of_refusal(10065), ending::unreachable);   // WSAEHOSTUNREACH
    EXPECT_EQ(ending_of_refusal(10060), ending::timed_out);     // WSAETIMEDOUT
    EXPECT_EQ(ending_of_refusal(10061), ending::refused);       // WSAECONNREFUSED
    EXPECT_EQ(ending_of_refusal(10052), ending::timed_out);     // WSAENETRESET
    for (const DWORD error : {6UL, 7UL, 64UL, 997UL, 10038UL, 10056UL}) {
        EXPECT_EQ(ending_of_refusal(error), ending::failed) << error;
    }
}

TEST(ErrorTranslation, ANameThatIsNotFoundSaysWhy)
{
    using win32::ending_of_lookup;
    EXPECT_EQ(ending_of_lookup(0), ending::done);
    for (const int code : {11001, 11004, 10109}) { // WSAHOST_NOT_FOUND, WSANO_DATA, WSATYPE_NOT_FOUND
        EXPECT_EQ(ending_of_lookup(code), ending::no_such_name) << code;
    }
    for (const int code : {8, 10055}) { // WSA_NOT_ENOUGH_MEMORY, WSAENOBUFS
        EXPECT_EQ(ending_of_lookup(code), ending::no_room) << code;
    }
    for (const int code : {11002, 11003, 10022, 10047, 10044, 1, -1}) { // WSATRY_AGAIN, WSANO_RECOVERY, WSAEINVAL, ...
        EXPECT_EQ(ending_of_lookup(code), ending::failed) << code;
    }
}

// 01_067, 01_070
TEST(ErrorTranslation, EverythingElseIsAFailure)
{
    for (const ULONG code :
         {1UL,   6UL,    63UL,   65UL,    120UL,   234UL,   675UL,   677UL,   994UL,        996UL,
          997UL, 1235UL, 1237UL, 10040UL, 10053UL, 10054UL, 10055UL, 10058UL, 0xC0000120UL, 0xFFFFFFFFUL}) {
        EXPECT_EQ(ending_of(code), ending::failed) << code;
    }
}

// 42_001: with these two codes whatever number of bytes came along.
TEST(ErrorTranslation, TheTwoCodesOfTheDocumentsReachTheUserAsAbandoned)
{
    for (const ULONG code : {64UL, 1236UL, handles_closed}) {
        const c_api::receive_report report = c_api::receive_report_of({ending_of(code), 7, code}, 10);
        EXPECT_EQ(report.result, ASYNC_SOCKET_RECEIVE_ABANDONED) << code;
        EXPECT_EQ(report.bytes, 0U) << code;
        EXPECT_EQ(c_api::send_result_of({ending_of(code), 10, code}), ASYNC_SOCKET_SEND_ERROR) << code;
    }
}

} // namespace
