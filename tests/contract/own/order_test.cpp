// async_socket/stream.h: the order of the callbacks, and that those of one direction do not overlap.
#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <memory>
#include <thread>
#include <vector>

#include "own/stream_end.hpp"

namespace {

using namespace contract;
using namespace contract::own;

// Notes the order in which the callbacks of one direction come, and how many run at once.
class direction_record {
public:
    void enter(std::size_t number)
    {
        most_at_once_ = std::max(most_at_once_, ++running_);
        numbers_.push_back(number); // one at a time, or the sanitizer says so
    }
    void leave() { --running_; }

    void expect_in_order(std::size_t count) const
    {
        EXPECT_EQ(most_at_once_, 1);
        ASSERT_EQ(numbers_.size(), count);
        for (std::size_t i = 0; i < count; ++i) {
            EXPECT_EQ(numbers_[i], i);
        }
    }

private:
    int running_ = 0;
    int most_at_once_ = 0;
    std::vector<std::size_t> numbers_;
};

class OwnOrder : public testing::Test {
protected:
    static constexpr std::size_t count = 200;

    // The callback of operation `i` enters, runs `body`, and leaves.
    template <typename Body>
    void note(operation_record& operation, direction_record& in, std::size_t i, Body body)
    {
        operation.then = [&in, i, body](const as_outcome&) {
            in.enter(i);
            body(i);
            in.leave();
        };
    }

    direction_record receiving_;
    direction_record sending_;
    std::array<operation_record, count> receives_;
    std::array<operation_record, count> sends_;
    engine engine_;
    stream_end end_{engine_};
};

TEST_F(OwnOrder, CallbacksOfADirectionComeInTheOrderOfTheCalls)
{
    const auto now_and_then_slow = [](std::size_t i) {
        if (i % 20 == 0) {
            std::this_thread::sleep_for(std::chrono::milliseconds(3)); // so that others would have the time to overtake
        }
    };
    for (std::size_t i = 0; i < count; ++i) {
        note(receives_[i], receiving_, i, now_and_then_slow);
        note(sends_[i], sending_, i, now_and_then_slow);
        expect(receives_[i].receive(end_.handle(), 1), AS_DONE);
    }
    for (std::size_t i = 0; i < count; ++i) {
        expect(sends_[i].send(end_.handle(), bytes(10, static_cast<unsigned char>(i))), AS_DONE);
    }
    const bytes data = pattern(count);
    ASSERT_TRUE(end_.far_end.send(data));
    const bytes sent = end_.far_end.receive(10 * count);
    ASSERT_EQ(sent.size(), 10 * count);
    for (std::size_t i = 0; i < count; ++i) {
        ASSERT_TRUE(receives_[i].wait());
        ASSERT_TRUE(sends_[i].wait());
        expect(receives_[i].outcome(), AS_DONE, 1);
        EXPECT_EQ(receives_[i].memory[0], data[i]);
        EXPECT_EQ(sent[10 * i], static_cast<unsigned char>(i));
    }
    receiving_.expect_in_order(count);
    sending_.expect_in_order(count);
}

// A callback that does not return holds up those of its direction, and nothing else.
TEST_F(OwnOrder, TheTwoDirectionsDoNotWaitForEachOther)
{
    gate go_on;
    note(receives_[0], receiving_, 0, [&](std::size_t) { (void)go_on.wait(); });
    note(receives_[1], receiving_, 1, [](std::size_t) {});
    expect(receives_[0].receive(end_.handle(), 1), AS_DONE);
    expect(receives_[1].receive(end_.handle(), 1), AS_DONE);
    ASSERT_TRUE(end_.far_end.send(pattern(2)));
    stream_end other(engine_);
    for (std::size_t i = 0; i < 20; ++i) {
        expect(sends_[i].send(end_.handle(), pattern(1)), AS_DONE);
        EXPECT_TRUE(sends_[i].wait());
        operation_record elsewhere;
        expect(elsewhere.receive(other.handle(), 1), AS_DONE);
        ASSERT_TRUE(other.far_end.send(pattern(1)));
        EXPECT_TRUE(elsewhere.wait());
    }
    EXPECT_EQ(receives_[1].count(), 0U);
    go_on.open();
    ASSERT_TRUE(receives_[1].wait());
    ASSERT_TRUE(receives_[0].wait());
    receiving_.expect_in_order(2);
}

// Those that wait behind it have to be told, or the close would never end.
TEST_F(OwnOrder, ACloseInACallbackEndsThoseBehindIt)
{
    for (std::size_t i = 0; i < 20; ++i) {
        expect(receives_[i].receive(end_.handle(), 1), AS_DONE);
    }
    as_stream* const closed = end_.release();
    receives_[0].then = [&](const as_outcome&) { as_stream_close(closed); };
    ASSERT_TRUE(end_.far_end.send(pattern(3)));
    for (std::size_t i = 0; i < 20; ++i) {
        ASSERT_TRUE(receives_[i].wait());
        EXPECT_TRUE(is(receives_[i].outcome(), AS_DONE, 1) || is(receives_[i].outcome(), AS_CLOSED_HERE, 0));
    }
}

// From outside, while a callback runs: they come behind it, and the close waits for all of them.
TEST_F(OwnOrder, ACloseWaitsForAllCallbacksInTheirOrder)
{
    gate is_inside;
    for (std::size_t i = 0; i < 20; ++i) {
        note(receives_[i], receiving_, i, [&](std::size_t number) {
            if (number == 0) {
                is_inside.open();
                std::this_thread::sleep_for(std::chrono::milliseconds(20)); // so that the close comes meanwhile
            }
        });
        expect(receives_[i].receive(end_.handle(), 1), AS_DONE);
    }
    ASSERT_TRUE(end_.far_end.send(pattern(1)));
    ASSERT_TRUE(is_inside.wait());
    end_.close();
    receiving_.expect_in_order(20);
}

} // namespace
