// What a stream of the library's own interface tells of a question to its socket that the system cannot answer.
#include <gtest/gtest.h>

#include <cerrno>

#include "async_socket/stream.h"
#include "faulty_calls.hpp"
#include "support/peer.hpp"

namespace faults {

namespace {

class StreamError : public testing::Test {
protected:
    StreamError()
    {
        plan(nullptr);
        EXPECT_EQ(as_engine_create(nullptr, &engine_).how, AS_DONE);
        EXPECT_EQ(as_stream_adopt(engine_, pair_.near_end, &stream_).how, AS_DONE);
    }
    ~StreamError() override
    {
        plan(nullptr);
        as_stream_close(stream_);
        as_engine_end(engine_);
    }
    StreamError(const StreamError&) = delete;
    StreamError& operator=(const StreamError&) = delete;

    // While `call` fails.
    template <typename Question>
    static as_outcome asked_while_fails(const char* call, int code, Question ask)
    {
        const fault planned{call, 1, 1, kind::error, code};
        plan(&planned);
        const library_call here;
        const as_outcome answer = ask();
        plan(nullptr);
        return answer;
    }

    contract::loopback_pair pair_ = contract::connect_pair();
    as_engine* engine_ = nullptr;
    as_stream* stream_ = nullptr;
};

void expect_told(const as_outcome& answer, as_how how, std::uint32_t code)
{
    EXPECT_STREQ(as_how_text(answer.how), as_how_text(how));
    EXPECT_EQ(answer.code, code);
    EXPECT_EQ(answer.bytes, 0U);
}

TEST_F(StreamError, OptionsThatTheSystemDoesNotTake)
{
    for (const as_option option : {AS_OPTION_NO_DELAY, AS_OPTION_LINGER}) {
        std::uint64_t value = 7;
        expect_told(
            asked_while_fails("setsockopt", ENOPROTOOPT, [&] { return as_stream_set_option(stream_, option, 1); }),
            AS_NOT_AVAILABLE, ENOPROTOOPT);
        expect_told(asked_while_fails("setsockopt", ENOBUFS, [&] { return as_stream_set_option(stream_, option, 1); }),
                    AS_NO_ROOM, ENOBUFS);
        expect_told(
            asked_while_fails("getsockopt", EOPNOTSUPP, [&] { return as_stream_get_option(stream_, option, &value); }),
            AS_NOT_AVAILABLE, EOPNOTSUPP);
        EXPECT_EQ(value, 7U);
    }
}

TEST_F(StreamError, AddressesThatTheSystemDoesNotKnow)
{
    as_address address{};
    expect_told(asked_while_fails("getsockname", ENOBUFS, [&] { return as_stream_local_address(stream_, &address); }),
                AS_NO_ROOM, ENOBUFS);
    expect_told(asked_while_fails("getpeername", ENOTCONN, [&] { return as_stream_remote_address(stream_, &address); }),
                AS_CLOSED_HERE, ENOTCONN);
    EXPECT_EQ(as_address_family(&address), AS_NO_FAMILY);
}

TEST_F(StreamError, BytesThatTheSystemDoesNotCount)
{
    expect_told(asked_while_fails("ioctl", EIO, [&] { return as_stream_bytes_to_receive(stream_); }), AS_FAILED, EIO);
    expect_told(asked_while_fails("ioctl", EIO, [&] { return as_stream_bytes_unacknowledged(stream_); }), AS_FAILED,
                EIO);
}

// It is closed then, and the peer sees an end.
TEST_F(StreamError, AResetThatTheSystemDoesNotTake)
{
    (void)asked_while_fails("setsockopt", ENOMEM, [&] {
        as_stream_reset(stream_);
        stream_ = nullptr;
        return as_outcome{};
    });
    EXPECT_TRUE(pair_.far_end.sees_end());
}

} // namespace

} // namespace faults
