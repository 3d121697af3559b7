// async_socket/stream.h: adopting, sending, receiving, and how it ends.
#include <gtest/gtest.h>

#include <numeric>
#include <vector>

#include "own/stream_end.hpp"

namespace {

using namespace contract;
using namespace contract::own;

class OwnStream : public testing::Test {
protected:
    operation_record send_;
    operation_record receive_;
    engine engine_;
    stream_end end_{engine_};
    as_stream* const stream_ = end_.handle();
};

TEST_F(OwnStream, BytesGoOutAndComeIn)
{
    for (std::uint32_t round = 1; round <= 20; ++round) {
        const bytes data = pattern(1000, round);
        expect(send_.send(stream_, data), AS_DONE);
        ASSERT_TRUE(send_.wait(round));
        expect(send_.outcome(), AS_DONE, data.size());
        EXPECT_EQ(end_.far_end.receive(data.size()), data);
        ASSERT_TRUE(end_.far_end.send(data));
        bytes got;
        while (got.size() < data.size()) {
            const std::size_t before = receive_.count();
            expect(receive_.receive(stream_, 4000), AS_DONE);
            ASSERT_TRUE(receive_.wait(before + 1));
            ASSERT_EQ(receive_.outcome().how, AS_DONE);
            const bytes piece = receive_.received();
            got.insert(got.end(), piece.begin(), piece.end());
        }
        EXPECT_EQ(got, data);
    }
}

// Bytes of many buffers, of different sizes, and of more than the system takes in one call.
TEST_F(OwnStream, AnyNumberOfBuffers)
{
    for (const std::size_t count : {1U, 2U, 3U, 17U, 1024U, 1025U, 5000U}) {
        bytes data = pattern(count * 3, static_cast<std::uint32_t>(count));
        std::vector<as_buffer> buffers;
        for (std::size_t i = 0, at = 0; i < count; ++i) {
            const std::size_t size = 1 + i % 5;
            buffers.push_back(as_buffer_of(&data[at], i + 1 == count ? data.size() - at : size));
            at += size;
        }
        const std::vector<as_buffer> as_given = buffers;
        operation_record send;
        expect(send.noted(as_stream_send(stream_, &send.operation, buffers.data(), static_cast<std::uint32_t>(count),
                                         AS_NEVER)),
               AS_DONE);
        EXPECT_EQ(end_.far_end.receive(data.size()), data);
        ASSERT_TRUE(send.wait());
        expect(send.outcome(), AS_DONE, data.size());
        for (std::size_t i = 0; i < count; ++i) { // they are the caller's, and read only
            ASSERT_EQ(buffers[i].data, as_given[i].data);
            ASSERT_EQ(buffers[i].size, as_given[i].size);
        }
        bytes room(data.size(), 0);
        for (as_buffer& each : buffers) {
            each.data = room.data() + (static_cast<unsigned char*>(each.data) - data.data());
        }
        operation_record receive;
        expect(receive.noted(as_stream_receive(stream_, &receive.operation, buffers.data(),
                                               static_cast<std::uint32_t>(count), AS_NEVER)),
               AS_DONE);
        ASSERT_TRUE(end_.far_end.send(data));
        ASSERT_TRUE(receive.wait());
        std::uint64_t got = receive.outcome().bytes;
        expect(receive.outcome(), AS_DONE, got);
        for (; got < data.size(); got += receive.outcome().bytes) { // it came in pieces
            const std::size_t before = receive.count();
            const auto at = static_cast<std::size_t>(got);
            const as_buffer rest = as_buffer_of(&room[at], data.size() - at);
            expect(receive.noted(as_stream_receive(stream_, &receive.operation, &rest, 1, AS_NEVER)), AS_DONE);
            ASSERT_TRUE(receive.wait(before + 1));
        }
        EXPECT_EQ(room, data);
    }
}

TEST_F(OwnStream, ALargeSendArrivesWhole)
{
    const bytes data = pattern(20 * mib);
    expect(send_.send(stream_, data), AS_DONE);
    EXPECT_EQ(end_.far_end.receive(data.size()), data);
    ASSERT_TRUE(send_.wait());
    expect(send_.outcome(), AS_DONE, data.size());
}

TEST_F(OwnStream, TheMemoryOfAnOperationIsFreeInItsCallback)
{
    int left = 100;
    receive_.then = [&](const as_outcome& outcome) {
        if (outcome.how == AS_DONE && --left != 0) {
            expect(receive_.receive(stream_, 10), AS_DONE);
            EXPECT_TRUE(end_.far_end.send(pattern(1)));
        }
    };
    expect(receive_.receive(stream_, 10), AS_DONE);
    ASSERT_TRUE(end_.far_end.send(pattern(1)));
    ASSERT_TRUE(receive_.wait(100));
}

TEST_F(OwnStream, TheEndOfTheStreamIsNoReset)
{
    ASSERT_TRUE(end_.far_end.send(pattern(5)));
    end_.far_end.shut_down_sending();
    expect(receive_.receive(stream_, 10), AS_DONE);
    ASSERT_TRUE(receive_.wait());
    expect(receive_.outcome(), AS_DONE, 5);
    for (std::size_t again = 2; again <= 3; ++again) {
        expect(receive_.receive(stream_, 10), AS_DONE);
        ASSERT_TRUE(receive_.wait(again));
        expect(receive_.outcome(), AS_END_OF_STREAM);
    }
    expect(send_.send(stream_, pattern(7)), AS_DONE); // the other direction goes on
    EXPECT_EQ(end_.far_end.receive(7), pattern(7));
}

TEST_F(OwnStream, AResetIsNoEnd)
{
    expect(receive_.receive(stream_, 10), AS_DONE);
    end_.far_end.reset();
    ASSERT_TRUE(receive_.wait());
    expect(receive_.outcome(), AS_RESET);
    EXPECT_NE(receive_.outcome().code, 0U);
    const as_outcome refused = send_.send(stream_, pattern(7));
    if (refused.how == AS_DONE) { // the system took it before it knew
        ASSERT_TRUE(send_.wait());
    }
    const as_outcome later = send_.send(stream_, pattern(7));
    expect(later, AS_RESET);
    const as_outcome received = receive_.receive(stream_, 10); // and not the end, which the system has from now on
    if (received.how == AS_DONE) {
        ASSERT_TRUE(receive_.wait(2));
        expect(receive_.outcome(), AS_RESET);
    } else {
        expect(received, AS_RESET);
    }
}

TEST_F(OwnStream, WhatIsUnderWayAtACloseEndsAsClosedHere)
{
    expect(receive_.receive(stream_, 10), AS_DONE);
    const bytes much = pattern(20 * mib);
    expect(send_.send(stream_, much), AS_DONE);
    end_.close();
    EXPECT_EQ(receive_.count(), 1U); // close waits for the callbacks
    EXPECT_EQ(send_.count(), 1U);
    expect(receive_.outcome(), AS_CLOSED_HERE);
    EXPECT_EQ(send_.outcome().how, AS_CLOSED_HERE);
    EXPECT_LT(send_.outcome().bytes, much.size());
}

// What it tells is what arrived at least: the system may have more of it than the peer.
TEST_F(OwnStream, ASendThatIsCutTellsItsBytes)
{
    const bytes much = pattern(20 * mib);
    expect(send_.send(stream_, much), AS_DONE);
    const bytes first = end_.far_end.receive(100 * kib);
    end_.close();
    const bytes rest = end_.far_end.receive_to_end();
    EXPECT_EQ(send_.outcome().how, AS_CLOSED_HERE);
    EXPECT_EQ(send_.outcome().bytes, first.size() + rest.size());
}

TEST_F(OwnStream, ACloseInACallbackReturns)
{
    operation_record other;
    receive_.then = [&](const as_outcome&) { end_.close(); };
    expect(receive_.receive(stream_, 10), AS_DONE);
    expect(other.receive(stream_, 10), AS_DONE);
    ASSERT_TRUE(end_.far_end.send(pattern(1)));
    ASSERT_TRUE(receive_.wait());
    ASSERT_TRUE(other.wait());
    expect(receive_.outcome(), AS_DONE, 1);
    expect(other.outcome(), AS_CLOSED_HERE);
}

TEST_F(OwnStream, BadArgumentsAreRefusedAndNothingIsDone)
{
    unsigned char byte = 7;
    const as_buffer good = as_buffer_of(&byte, 1);
    const as_buffer null = as_buffer_of(nullptr, 1);
    const as_buffer empty = as_buffer_of(&byte, 0);
    const as_buffer mixed[] = {good, good, empty};
    as_operation no_callback{};
    for (const auto start : {as_stream_send, as_stream_receive}) {
        expect(start(nullptr, &send_.operation, &good, 1, AS_NEVER), AS_INVALID);
        expect(start(stream_, nullptr, &good, 1, AS_NEVER), AS_INVALID);
        expect(start(stream_, &no_callback, &good, 1, AS_NEVER), AS_INVALID);
        expect(start(stream_, &send_.operation, nullptr, 1, AS_NEVER), AS_INVALID);
        expect(start(stream_, &send_.operation, &good, 0, AS_NEVER), AS_INVALID);
        expect(start(stream_, &send_.operation, &null, 1, AS_NEVER), AS_INVALID);
        expect(start(stream_, &send_.operation, &empty, 1, AS_NEVER), AS_INVALID);
        expect(start(stream_, &send_.operation, mixed, 3, AS_NEVER), AS_INVALID);
    }
    as_stream_close(nullptr);
    expect(send_.send(stream_, pattern(3)), AS_DONE);
    EXPECT_EQ(end_.far_end.receive(3), pattern(3)); // the first thing that comes
}

TEST(OwnStreamAdopt, RefusesWhatIsNoStreamAndLeavesItAlone)
{
    engine on;
    as_stream* made = nullptr;
    for (const SOCKET_HANDLE each : invalid_sockets()) {
        expect(as_stream_adopt(on.handle(), as_own(each), &made), AS_INVALID);
    }
    loopback_pair datagrams = connect_datagram_pair();
    expect(as_stream_adopt(on.handle(), as_own(datagrams.near_end), &made), AS_INVALID);
    ASSERT_TRUE(datagrams.far_end.send(pattern(3)));
    close_socket(datagrams.near_end);
    loopback_pair pair = connect_pair();
    expect(as_stream_adopt(nullptr, as_own(pair.near_end), &made), AS_INVALID);
    expect(as_stream_adopt(on.handle(), as_own(pair.near_end), nullptr), AS_INVALID);
    EXPECT_EQ(made, nullptr);
    expect(as_stream_adopt(on.handle(), as_own(pair.near_end), &made), AS_DONE); // it still is one
    as_stream* again = nullptr;
    EXPECT_NE(as_stream_adopt(on.handle(), as_own(pair.near_end), &again).how, AS_DONE); // but only once
    EXPECT_EQ(again, nullptr);
    as_stream_close(made);
    EXPECT_TRUE(pair.far_end.sees_end());
}

} // namespace
