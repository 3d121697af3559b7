// What cannot become a stream, and why.
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>

#include <gtest/gtest.h>

#include "own/stream_end.hpp"

namespace {

using namespace contract;
using namespace contract::own;

class OwnAdopt : public testing::Test {
protected:
    // Refused, for the system's reason, and still the caller's.
    void expect_refused(int given, int code)
    {
        as_stream* none = nullptr;
        const as_outcome answer = as_stream_adopt(engine_.handle(), given, &none);
        expect(answer, AS_INVALID);
        EXPECT_EQ(answer.code, static_cast<std::uint32_t>(code));
        EXPECT_EQ(none, nullptr);
    }

    engine engine_;
};

TEST_F(OwnAdopt, AListeningSocketIsRefused)
{
    const int listening = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    ASSERT_EQ(listen(listening, 1), 0);
    expect_refused(listening, EPROTOTYPE);
    EXPECT_EQ(close(listening), 0);
}

TEST_F(OwnAdopt, WhatIsNoOpenSocketIsRefused)
{
    const int file = open("/dev/null", O_RDWR | O_CLOEXEC);
    expect_refused(file, ENOTSOCK);
    EXPECT_EQ(close(file), 0);
    expect_refused(file, EBADF);
}

TEST_F(OwnAdopt, ASocketOfDatagramsIsRefused)
{
    const int datagrams = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    expect_refused(datagrams, EPROTOTYPE);
    EXPECT_EQ(close(datagrams), 0);
}

// It is not asked whether it is connected: what is started says it.
TEST_F(OwnAdopt, OneThatNeverConnectedSaysSoWhenItIsUsed)
{
    const int alone = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    as_stream* stream = nullptr;
    expect(as_stream_adopt(engine_.handle(), alone, &stream), AS_DONE);
    operation_record receive;
    const as_outcome answer = receive.receive(stream, 1);
    ASSERT_TRUE(answer.how != AS_DONE || receive.wait());
    const as_outcome end = answer.how != AS_DONE ? answer : receive.outcome();
    EXPECT_TRUE(end.how == AS_CLOSED_HERE || end.how == AS_RESET) << as_how_text(end.how);
    operation_record send;
    EXPECT_NE(send.send(stream, pattern(1)).how, static_cast<std::uint32_t>(AS_DONE));
    as_stream_close(stream);
}

} // namespace
