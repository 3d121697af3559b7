// async_socket/operation.h: as_operation_cancel.
#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <cstring>
#include <memory>
#include <thread>

#include "async_socket/connect.h"
#include "async_socket/listener.h"
#include "async_socket/resolve.h"
#include "async_socket/timer.h"
#include "own/stream_end.hpp"

namespace {

using namespace contract;
using namespace contract::own;

class OwnCancel : public testing::Test {
protected:
    std::array<operation_record, 3> receives_;
    std::array<operation_record, 3> sends_;
    engine engine_;
    stream_end end_{engine_};
    as_stream* const stream_ = end_.handle();
};

TEST_F(OwnCancel, WhatIsNotUnderWayIsLeftAlone)
{
    as_operation_cancel(nullptr);
    as_operation never_started{};
    as_operation_cancel(&never_started);
    {
        stream_end gone(engine_);
        expect(receives_[0].receive(gone.handle(), 1), AS_DONE);
        ASSERT_TRUE(gone.far_end.send(pattern(1)));
        ASSERT_TRUE(receives_[0].wait());
        expect(receives_[1].receive(gone.handle(), 1), AS_DONE); // on Wine 8 one that begins later finds a clean end
        gone.far_end.reset();
        ASSERT_TRUE(receives_[1].wait());
        expect(receives_[1].outcome(), AS_RESET);
        while (sends_[0].send(gone.handle(), pattern(1)).how == AS_DONE) { // the system may take one before it knows
            ASSERT_TRUE(sends_[0].wait(1));
            ASSERT_NE(sends_[0].outcome().how, AS_DONE);
        }
    }
    as_operation_cancel(&receives_[0].operation); // has ended, and its stream is gone
    as_operation_cancel(&sends_[0].operation);    // was refused
}

// An operation need not be cleared before it is started, and a start may be refused.
TEST_F(OwnCancel, WhatWasRefusedIsLeftAloneWhateverItsMemoryHeld)
{
    as_address address{};
    as_question question{};
    question.family = 77;
    as_target target{};
    target.family = 77;
    as_stream* made = nullptr;
    std::uint32_t count = 0;
    as_listener_options options = AS_LISTENER_OPTIONS;
    as_address here{};
    as_listener* listener = nullptr;
    expect(as_address_loopback(&here, AS_IPV4, 0), AS_DONE);
    expect(as_listener_open(engine_.handle(), &here, 1, &options, &listener), AS_DONE);
    const auto refuse = [&](auto start) {
        as_operation operation{};
        std::memset(&operation, 0xff, sizeof operation);
        operation.on_end = [](as_operation*, as_outcome) { ADD_FAILURE() << "it was refused"; };
        EXPECT_NE(start(&operation).how, static_cast<std::uint32_t>(AS_DONE));
        as_operation_cancel(&operation);
    };
    refuse([&](as_operation* self) { return as_stream_send(stream_, self, nullptr, 0, AS_NEVER); });
    refuse([&](as_operation* self) { return as_stream_receive(nullptr, self, nullptr, 1, AS_NEVER); });
    refuse([&](as_operation* self) { return as_stream_shutdown_send(nullptr, self, AS_NEVER); });
    refuse([&](as_operation* self) { return as_stream_drain_and_close(nullptr, self, AS_NEVER); });
    refuse([&](as_operation* self) { return as_listener_accept(listener, self, nullptr, AS_NEVER); });
    refuse([&](as_operation* self) { return as_connect_address(engine_.handle(), &address, self, &made, AS_NEVER); });
    refuse([&](as_operation* self) { return as_connect(engine_.handle(), &target, nullptr, self, &made, AS_NEVER); });
    refuse([&](as_operation* self) {
        return as_resolve(engine_.handle(), &question, self, nullptr, 0, &count, AS_NEVER);
    });
    refuse([&](as_operation* self) { return as_timer_start(nullptr, self, AS_NEVER); });
    (void)as_address_unix(&address, "/nobody/listens/here", 20);
    refuse([&](as_operation* self) { // by the system, or since there are no such addresses
        return as_connect_address(engine_.handle(), &address, self, &made, AS_NEVER);
    });
    as_listener_close(listener);
}

TEST_F(OwnCancel, AReceiveThatIsCancelledLosesNothing)
{
    expect(receives_[0].receive(stream_, 10), AS_DONE);
    as_operation_cancel(&receives_[0].operation);
    ASSERT_TRUE(receives_[0].wait());
    expect(receives_[0].outcome(), AS_CANCELLED);
    ASSERT_TRUE(end_.far_end.send(pattern(5)));
    expect(receives_[1].receive(stream_, 5), AS_DONE);
    ASSERT_TRUE(receives_[1].wait());
    bytes first = pattern(5);
    first.resize(static_cast<std::size_t>(receives_[1].outcome().bytes));
    EXPECT_EQ(receives_[1].received(), first);
}

TEST_F(OwnCancel, TheOthersGoOn)
{
    for (std::size_t cancelled = 0; cancelled < 3; ++cancelled) {
        std::array<operation_record, 3> receives;
        for (operation_record& each : receives) {
            expect(each.receive(stream_, 1), AS_DONE);
        }
        as_operation_cancel(&receives[cancelled].operation);
        ASSERT_TRUE(receives[cancelled].wait());
        expect(receives[cancelled].outcome(), AS_CANCELLED);
        const bytes data = pattern(2, static_cast<std::uint32_t>(cancelled));
        ASSERT_TRUE(end_.far_end.send(data));
        std::size_t next = 0;
        for (std::size_t i = 0; i < 3; ++i) {
            if (i != cancelled) {
                ASSERT_TRUE(receives[i].wait());
                expect(receives[i].outcome(), AS_DONE, 1);
                EXPECT_EQ(receives[i].memory[0], data[next++]);
            }
        }
    }
}

TEST_F(OwnCancel, WhatIsOverIsToldAsWhatItWas)
{
    gate go_on;
    gate is_inside;
    receives_[0].then = [&](const as_outcome&) {
        is_inside.open();
        (void)go_on.wait();
    };
    expect(receives_[0].receive(stream_, 1), AS_DONE);
    expect(receives_[1].receive(stream_, 1), AS_DONE);
    ASSERT_TRUE(end_.far_end.send(pattern(2)));
    ASSERT_TRUE(is_inside.wait());
    operation_record elsewhere; // when its callback comes, the bytes of the second have come, too
    expect(sends_[0].send(stream_, pattern(1)), AS_DONE);
    ASSERT_TRUE(sends_[0].wait());
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
    as_operation_cancel(&receives_[1].operation);
    go_on.open();
    ASSERT_TRUE(receives_[1].wait());
    EXPECT_TRUE(is(receives_[1].outcome(), AS_DONE, 1) || is(receives_[1].outcome(), AS_CANCELLED, 0));
    if (receives_[1].outcome().how == AS_CANCELLED) { // then its byte is the next one's
        expect(receives_[2].receive(stream_, 1), AS_DONE);
        ASSERT_TRUE(receives_[2].wait());
        EXPECT_EQ(receives_[2].memory[0], pattern(2)[1]);
    }
}

TEST_F(OwnCancel, ASendThatIsCutTellsHowMuchWentAndIsTheLast)
{
    const bytes much = pattern(20 * mib);
    expect(sends_[0].send(stream_, much), AS_DONE);
    expect(sends_[1].send(stream_, pattern(1)), AS_DONE);
    const bytes first = end_.far_end.receive(100 * kib);
    as_operation_cancel(&sends_[0].operation);
    ASSERT_TRUE(sends_[0].wait());
    EXPECT_EQ(sends_[0].outcome().how, AS_CANCELLED);
    const std::uint64_t went = sends_[0].outcome().bytes;
    EXPECT_GE(went, first.size());
    EXPECT_LT(went, much.size());
    EXPECT_EQ(end_.far_end.receive(static_cast<std::size_t>(went) - first.size()).size(), went - first.size());
    ASSERT_TRUE(sends_[1].wait());
    expect(sends_[1].outcome(), AS_CANCELLED);
    EXPECT_EQ(sends_[2].send(stream_, pattern(1)).how, AS_CANCELLED);
    ASSERT_TRUE(end_.far_end.send(pattern(4))); // the other direction is as it was
    expect(receives_[0].receive(stream_, 4), AS_DONE);
    ASSERT_TRUE(receives_[0].wait());
    EXPECT_EQ(receives_[0].outcome().how, AS_DONE);
    end_.close();
    EXPECT_TRUE(end_.far_end.receive_to_end().empty());
}

// One that has not begun takes nothing with it.
TEST_F(OwnCancel, ASendThatWaitsInLineCanBeTakenOut)
{
    const bytes much = pattern(20 * mib);
    expect(sends_[0].send(stream_, much), AS_DONE);
    expect(sends_[1].send(stream_, pattern(1000, 2)), AS_DONE);
    expect(sends_[2].send(stream_, pattern(1000, 3)), AS_DONE);
    as_operation_cancel(&sends_[1].operation);
    ASSERT_TRUE(sends_[1].wait());
    expect(sends_[1].outcome(), AS_CANCELLED);
    EXPECT_EQ(end_.far_end.receive(much.size()), much);
    EXPECT_EQ(end_.far_end.receive(1000), pattern(1000, 3));
    ASSERT_TRUE(sends_[0].wait());
    ASSERT_TRUE(sends_[2].wait());
    expect(sends_[0].outcome(), AS_DONE, much.size());
    expect(sends_[2].outcome(), AS_DONE, 1000);
}

// Whatever comes first, each byte comes once.
TEST_F(OwnCancel, RacesWithTheBytes)
{
    for (const unsigned char sent : pattern(500)) {
        operation_record receive;
        expect(receive.receive(stream_, 1), AS_DONE);
        std::thread canceller([&] { as_operation_cancel(&receive.operation); });
        ASSERT_TRUE(end_.far_end.send(&sent, 1));
        canceller.join();
        ASSERT_TRUE(receive.wait());
        if (receive.outcome().how == AS_CANCELLED) { // then the byte is for the next one
            expect(receive.outcome(), AS_CANCELLED);
            expect(receive.receive(stream_, 1), AS_DONE);
            ASSERT_TRUE(receive.wait(2));
        }
        expect(receive.outcome(), AS_DONE, 1);
        ASSERT_EQ(receive.memory[0], sent);
    }
}

TEST_F(OwnCancel, RacesWithAClose)
{
    for (int round = 0; round < 50; ++round) {
        stream_end closed(engine_);
        operation_record receive;
        expect(receive.receive(closed.handle(), 1), AS_DONE);
        std::thread canceller([&] { as_operation_cancel(&receive.operation); });
        closed.close();
        canceller.join();
        EXPECT_EQ(receive.count(), 1U);
        EXPECT_TRUE(is(receive.outcome(), AS_CANCELLED, 0) || is(receive.outcome(), AS_CLOSED_HERE, 0));
    }
}

} // namespace
