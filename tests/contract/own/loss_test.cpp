// async_socket/stream.h: how a connection ended is told to both directions, each time, and as what it was.
#include <gtest/gtest.h>

#include <thread>

#include "own/stream_end.hpp"
#include "rounds.hpp"

namespace {

using namespace contract;
using namespace contract::own;

class OwnLoss : public testing::Test {
protected:
    // What each is told, at once or in its callback.
    as_outcome receive()
    {
        const as_outcome answer = receive_.receive(end_.handle(), 1000);
        return answer.how == AS_DONE && receive_.wait(++receives_) ? receive_.outcome() : answer;
    }
    as_outcome shut_down()
    {
        const as_outcome answer = shutdown_.shut_down_send(end_.handle());
        return answer.how == AS_DONE && shutdown_.wait(++shutdowns_) ? shutdown_.outcome() : answer;
    }
    as_outcome drain()
    {
        const as_outcome answer =
            drain_.noted(as_stream_drain_and_close(end_.handle(), &drain_.operation, as_in_ms(20'000)));
        if (answer.how != AS_DONE) {
            return answer;
        }
        (void)end_.release();
        return drain_.wait() ? drain_.outcome() : answer;
    }

    static constexpr std::size_t much = 16 * mib;
    std::size_t receives_ = 0;
    std::size_t shutdowns_ = 0;
    operation_record send_;
    operation_record behind_;
    operation_record receive_;
    operation_record shutdown_;
    operation_record drain_;
    engine engine_;
    stream_end end_{engine_};
    peer& far_end_ = end_.far_end;
};

TEST_F(OwnLoss, ASendBehindTheEndOfBothIsClosedHere)
{
    expect(shut_down(), AS_DONE);
    EXPECT_TRUE(far_end_.sees_end());
    far_end_.shut_down_sending();
    expect(receive(), AS_END_OF_STREAM);
    expect(send_.send(end_.handle(), pattern(5)), AS_CLOSED_HERE);
}

TEST_F(OwnLoss, WhatHasEndedInBothDirectionsCanBeDrained)
{
    far_end_.shut_down_sending();
    expect(shut_down(), AS_DONE);
    EXPECT_TRUE(far_end_.sees_end());
    expect(receive(), AS_END_OF_STREAM);
    expect(drain(), AS_DONE);
}

TEST_F(OwnLoss, AResetBehindAnEndIsToldToEachSend)
{
    far_end_.shut_down_sending();
    expect(receive(), AS_END_OF_STREAM);
    far_end_.reset();
    if (has_linux_options()) { // elsewhere the sends find out later
        expect(send_.send(end_.handle(), pattern(5)), AS_RESET);
        expect(shut_down(), AS_RESET);
        expect(drain(), AS_RESET);
    }
}

// It takes the one in line with it, and the connection is as well as it was.
TEST_F(OwnLoss, ADeadlineThatCutsASendIsNone)
{
    const bytes all = pattern(much);
    expect(send_.send(end_.handle(), all, as_in_ms(50)), AS_DONE);
    const as_outcome answer = behind_.send(end_.handle(), pattern(5)); // it may be late already
    ASSERT_TRUE(send_.wait());
    EXPECT_STREQ(as_how_text(send_.outcome().how), as_how_text(AS_TIMED_OUT));
    expect(answer.how == AS_DONE && behind_.wait() ? behind_.outcome() : answer, AS_TIMED_OUT);
    far_end_.shut_down_sending();
    expect(receive(), AS_END_OF_STREAM);
}

// The system has given the peer up while it is asked what is confirmed.
TEST_F(OwnLoss, APeerThatIsGivenUpIsNoReset)
{
    const as_outcome limited = as_stream_set_option(end_.handle(), AS_OPTION_USER_TIMEOUT, 300);
    if (has_linux_options()) {
        expect(limited, AS_DONE);
        far_end_.shut_down_sending();
        expect(send_.send_some(end_.handle(), pattern(much)), AS_DONE);
        ASSERT_TRUE(send_.wait());
        expect(drain(), AS_TIMED_OUT);
    }
}

// The system tells a reset to one of the two directions. (A matter of luck: one in a thousand, before.)
TEST(OwnLossRace, AResetIsNeverAnEnd)
{
    engine used;
    for (int round = 0; round < rounds_of(400); ++round) {
        stream_end one(used);
        operation_record receive;
        std::atomic<bool> has_ended{false};
        std::thread sender([&] {
            while (!has_ended) {
                operation_record send;
                if (send.send(one.handle(), pattern(1)).how != AS_DONE) {
                    break;
                }
                EXPECT_TRUE(send.wait());
            }
        });
        (void)receive.receive(one.handle(), 10);
        one.far_end.reset();
        EXPECT_TRUE(receive.wait());
        has_ended = true;
        sender.join();
        EXPECT_TRUE(receive.outcome().how != AS_END_OF_STREAM || resets_look_like_ends());
    }
}

} // namespace
