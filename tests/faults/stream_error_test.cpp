// What a stream of the library's own interface tells of a question to its socket that the system cannot answer.
#include <gtest/gtest.h>
#include <sys/socket.h>

#include <cerrno>
#include <string>

#include "async_socket/deadline.h"
#include "async_socket/statistics.h"
#include "async_socket/stream.h"
#include "faulty_calls.hpp"
#include "support/peer.hpp"
#include "support/signal.hpp"

namespace faults {

namespace {

class StreamError : public testing::Test {
public:
    ~StreamError() override
    {
        plan(nullptr);
        as_stream_close(stream_);
        as_engine_end(engine_);
    }
    StreamError(const StreamError&) = delete;
    StreamError& operator=(const StreamError&) = delete;

protected:
    StreamError()
    {
        plan(nullptr);
        EXPECT_EQ(as_engine_create(nullptr, &engine_).how, AS_DONE);
        EXPECT_EQ(as_stream_adopt(engine_, pair_.near_end, &stream_).how, AS_DONE);
    }
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

// It is as before then; and one that has its memory needs no more.
TEST_F(StreamError, AnIdleTimeWithoutMemory)
{
    expect_told(asked_while_fails("malloc", ENOMEM, [&] { return as_stream_set_idle_time(stream_, 1); }), AS_NO_ROOM,
                0);
    expect_told(asked_while_fails("malloc", ENOMEM, [&] { return as_stream_set_idle_time(stream_, 0); }), AS_DONE, 0);
    expect_told(as_stream_set_idle_time(stream_, 3'600'000), AS_DONE, 0);
    expect_told(asked_while_fails("malloc", ENOMEM, [&] { return as_stream_set_idle_time(stream_, 1); }), AS_DONE, 0);
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

// What has happened to a connection the system tells once; from then on it has an end, as of a stream that is whole.
class StreamLoss : public StreamError, public testing::WithParamInterface<int> {
protected:
    // A receive that is told so.
    [[nodiscard]] as_outcome lose()
    {
        const fault planned{"recv", 1, 1, kind::error, GetParam()};
        plan(&planned);
        receive first;
        const as_outcome told = first.on(stream_);
        EXPECT_EQ(told.code, static_cast<std::uint32_t>(GetParam()));
        return told;
    }
    [[nodiscard]] as_outcome receive_again()
    {
        receive second;
        return second.on(stream_);
    }

    struct receive {
        as_operation operation{on_end, this, {}};
        char byte = 0;
        contract::signal signal;
        as_outcome outcome{};
        bool has_ended = false;

        [[nodiscard]] as_outcome on(as_stream* stream)
        {
            const as_buffer buffer = as_buffer_of(&byte, 1);
            EXPECT_EQ(as_stream_receive(stream, &operation, &buffer, 1, AS_NEVER).how, AS_DONE);
            EXPECT_TRUE(signal.wait([this] { return has_ended; }));
            return outcome;
        }

    private:
        static void on_end(as_operation* ended, as_outcome outcome)
        {
            auto& self = *static_cast<receive*>(ended->context);
            self.signal.update([&] {
                self.outcome = outcome;
                self.has_ended = true;
            });
        }
    };
};

TEST_P(StreamLoss, IsNeverToldAsAnEnd)
{
    pair_.far_end.reset();
    const as_outcome told = lose();
    char none = 0;
    ASSERT_EQ(-1, recv(pair_.near_end, &none, 1, 0)); // the real reason, which is told once, too
    expect_told(receive_again(), static_cast<as_how>(told.how), told.code);
}

// Which is not the deadline that the receive had.
TEST_F(StreamError, ATimeOutOfTheSystemsIsNoDeadline)
{
    const fault planned{"recv", 1, 1, kind::error, ETIMEDOUT};
    plan(&planned);
    struct {
        char byte = 0;
        contract::gate ended;
    } one;
    as_operation operation{
        [](as_operation* self, as_outcome) { static_cast<decltype(one)*>(self->context)->ended.open(); }, &one, {}};
    const as_buffer buffer = as_buffer_of(&one.byte, 1);
    ASSERT_EQ(as_stream_receive(stream_, &operation, &buffer, 1, as_in_ms(3'600'000)).how, AS_DONE);
    pair_.far_end.reset();
    ASSERT_TRUE(one.ended.wait());
    EXPECT_TRUE(has_struck());
    as_stream_statistics of_stream = AS_STREAM_STATISTICS;
    ASSERT_EQ(as_stream_get_statistics(stream_, &of_stream).how, AS_DONE);
    EXPECT_EQ(of_stream.receives, 1U);
    EXPECT_EQ(of_stream.deadlines_passed, 0U);
    as_engine_statistics of_engine = AS_ENGINE_STATISTICS;
    ASSERT_EQ(as_engine_get_statistics(engine_, &of_engine).how, AS_DONE);
    EXPECT_EQ(of_engine.deadlines_passed, 0U);
}

// A program may have asked for notices that come as errors (IP_RECVERR). None of them is that of a reset, which ICMP
// does not know.
class StreamNotice : public StreamLoss {};

TEST_P(StreamNotice, IsNoLoss)
{
    ASSERT_TRUE(pair_.far_end.send("x", 1));
    (void)lose();
    const as_outcome again = receive_again();
    EXPECT_EQ(again.how, static_cast<std::uint32_t>(AS_DONE));
    EXPECT_EQ(again.bytes, 1U);
    pair_.far_end.shut_down_sending();
    expect_told(receive_again(), AS_END_OF_STREAM, 0);
}

std::string number_of(const testing::TestParamInfo<int>& test)
{
    return std::to_string(test.param);
}

constexpr int notices[] = {ECONNABORTED, ECONNREFUSED, ETIMEDOUT, EHOSTUNREACH, ENETUNREACH};
INSTANTIATE_TEST_SUITE_P(ByANotice, StreamLoss, testing::ValuesIn(notices), number_of);
INSTANTIATE_TEST_SUITE_P(ByAReset, StreamLoss, testing::Values(ECONNRESET), number_of);
INSTANTIATE_TEST_SUITE_P(OfAConnection, StreamNotice, testing::ValuesIn(notices), number_of);

} // namespace

} // namespace faults
