// async_socket/stream.h: what a stream's socket can be asked, and how it goes: reset, and given back.
#include <gtest/gtest.h>

#include <array>
#include <tuple>

#include "own/stream_end.hpp"

namespace {

using namespace contract;
using namespace contract::own;

class OwnStreamSocket : public testing::Test {
protected:
    std::uint64_t value_of(as_option option)
    {
        std::uint64_t value = ~0ULL - 1;
        expect(as_stream_get_option(stream_, option, &value), AS_DONE);
        return value;
    }
    void expect_kept(as_option option, std::uint64_t value)
    {
        expect(as_stream_set_option(stream_, option, value), AS_DONE);
        EXPECT_EQ(value_of(option), value) << option;
    }

    operation_record send_;
    operation_record receive_;
    engine engine_;
    stream_end end_{engine_};
    as_stream* const stream_ = end_.handle();
};

TEST_F(OwnStreamSocket, ItKnowsBothAddresses)
{
    as_address local{};
    as_address remote{};
    expect(as_stream_local_address(stream_, &local), AS_DONE);
    expect(as_stream_remote_address(stream_, &remote), AS_DONE);
    as_address loopback{};
    expect(as_address_loopback(&loopback, AS_IPV4, as_address_port(&local)), AS_DONE);
    EXPECT_TRUE(as_address_equal(&local, &loopback));
    EXPECT_EQ(as_address_family(&remote), AS_IPV4);
    EXPECT_NE(as_address_port(&remote), 0);
    EXPECT_FALSE(as_address_equal(&local, &remote));
}

TEST_F(OwnStreamSocket, OptionsAreKept)
{
    for (const std::uint64_t value : {1U, 0U, 1U}) {
        expect_kept(AS_OPTION_NO_DELAY, value);
        expect_kept(AS_OPTION_KEEP_ALIVE, value);
    }
    EXPECT_EQ(value_of(AS_OPTION_LINGER), AS_NO_LINGER);
    expect_kept(AS_OPTION_LINGER, 0);
    expect_kept(AS_OPTION_LINGER, 65535 / 2);
    expect_kept(AS_OPTION_LINGER, AS_NO_LINGER);
}

TEST_F(OwnStreamSocket, BuffersHaveAtLeastTheSizeThatWasAskedFor)
{
    for (const as_option option : {AS_OPTION_SEND_BUFFER, AS_OPTION_RECEIVE_BUFFER}) {
        expect(as_stream_set_option(stream_, option, 20000), AS_DONE);
        EXPECT_GE(value_of(option), 20000U);
        EXPECT_LE(value_of(option), 50000U);
    }
}

// Where the system has them they are kept, and elsewhere they are not there: never anything else. Linux has all.
TEST_F(OwnStreamSocket, OptionsOfSomeSystemsOnly)
{
    for (const auto& [option, value] :
         {std::tuple{AS_OPTION_KEEP_ALIVE_IDLE, 1U}, std::tuple{AS_OPTION_KEEP_ALIVE_IDLE, 32767U},
          std::tuple{AS_OPTION_KEEP_ALIVE_INTERVAL, 7U}, std::tuple{AS_OPTION_KEEP_ALIVE_COUNT, 127U},
          std::tuple{AS_OPTION_USER_TIMEOUT, 12345U}, std::tuple{AS_OPTION_UNSENT_LOW_WATER, 16384U}}) {
        const as_outcome set = as_stream_set_option(stream_, option, value);
        std::uint64_t now = 0;
        const as_outcome read = as_stream_get_option(stream_, option, &now);
        const bool is_there = set.how == AS_DONE;
        EXPECT_TRUE(is_there || !has_linux_options()) << option;
        EXPECT_TRUE(is_there || set.how == AS_NOT_AVAILABLE) << option << ' ' << set.how << ' ' << set.code;
        EXPECT_EQ(read.how, set.how) << option << ' ' << read.code;
        EXPECT_EQ(now, is_there ? value : 0U) << option;
    }
}

TEST_F(OwnStreamSocket, WhatMakesNoSenseIsRefused)
{
    for (const auto& [option, value] : {std::tuple<as_option, std::uint64_t>{AS_OPTION_NO_DELAY, 2},
                                        {AS_OPTION_KEEP_ALIVE, 2},
                                        {AS_OPTION_KEEP_ALIVE_IDLE, 0},
                                        {AS_OPTION_KEEP_ALIVE_IDLE, 32768},
                                        {AS_OPTION_KEEP_ALIVE_INTERVAL, 0},
                                        {AS_OPTION_KEEP_ALIVE_INTERVAL, 32768},
                                        {AS_OPTION_KEEP_ALIVE_COUNT, 0},
                                        {AS_OPTION_KEEP_ALIVE_COUNT, 128},
                                        {AS_OPTION_SEND_BUFFER, 0},
                                        {AS_OPTION_SEND_BUFFER, 1ULL << 31},
                                        {AS_OPTION_RECEIVE_BUFFER, 0},
                                        {AS_OPTION_LINGER, 65536},
                                        {AS_OPTION_USER_TIMEOUT, 1ULL << 31},
                                        {AS_OPTION_UNSENT_LOW_WATER, 0}}) {
        expect(as_stream_set_option(stream_, option, value), AS_INVALID);
    }
    std::uint64_t value = 5;
    for (const std::uint32_t none : {0U, 11U, 1000U}) {
        expect(as_stream_set_option(stream_, none, 1), AS_INVALID);
        expect(as_stream_get_option(stream_, none, &value), AS_INVALID);
    }
    as_address address{};
    as_socket socket{};
    expect(as_stream_set_option(nullptr, AS_OPTION_NO_DELAY, 1), AS_INVALID);
    expect(as_stream_get_option(nullptr, AS_OPTION_NO_DELAY, &value), AS_INVALID);
    expect(as_stream_get_option(stream_, AS_OPTION_NO_DELAY, nullptr), AS_INVALID);
    expect(as_stream_local_address(nullptr, &address), AS_INVALID);
    expect(as_stream_local_address(stream_, nullptr), AS_INVALID);
    expect(as_stream_remote_address(nullptr, &address), AS_INVALID);
    expect(as_stream_bytes_to_receive(nullptr), AS_INVALID);
    expect(as_stream_bytes_unacknowledged(nullptr), AS_INVALID);
    expect(as_stream_release(nullptr, &socket), AS_INVALID);
    expect(as_stream_release(stream_, nullptr), AS_INVALID);
    as_stream_reset(nullptr);
    EXPECT_EQ(value, 5U);
    EXPECT_EQ(as_address_family(&address), AS_NO_FAMILY);
}

TEST_F(OwnStreamSocket, ItCountsWhatHasCome)
{
    expect(as_stream_bytes_to_receive(stream_), AS_DONE, 0);
    ASSERT_TRUE(end_.far_end.send(pattern(100)));
    expect(receive_.receive(stream_, 1), AS_DONE);
    ASSERT_TRUE(receive_.wait()); // all of it has come: one piece on the loopback
    expect(receive_.outcome(), AS_DONE, 1);
    expect(as_stream_bytes_to_receive(stream_), AS_DONE, 99);
}

TEST_F(OwnStreamSocket, ItCountsWhatThePeerHasNotTaken)
{
    const as_outcome before = as_stream_bytes_unacknowledged(stream_);
    if (!has_linux_options()) {
        expect(before, AS_NOT_AVAILABLE);
        return;
    }
    expect(before, AS_DONE, 0);
    const std::size_t size = 16 * mib; // more than both systems keep
    expect(send_.send(stream_, pattern(size)), AS_DONE);
    EXPECT_GT(as_stream_bytes_unacknowledged(stream_).bytes, 0U);
    EXPECT_LT(as_stream_bytes_unacknowledged(stream_).bytes, size);
    EXPECT_EQ(end_.far_end.receive(size).size(), size);
    ASSERT_TRUE(send_.wait());
}

TEST_F(OwnStreamSocket, AResetIsSeenAsOne)
{
    operation_record pending;
    expect(pending.receive(stream_, 1), AS_DONE);
    as_stream_reset(end_.release());
    expect(pending.outcome(), AS_CLOSED_HERE); // it has ended by now
    if (resets_look_like_ends()) {             // to Wine 8; Wine 10 resets
        EXPECT_TRUE(end_.far_end.sees_end_or_reset());
        EXPECT_FALSE(end_.far_end.send(pattern(1))); // it could once, behind a close
    } else {
        EXPECT_TRUE(end_.far_end.sees_reset());
    }
}

// What was pending has ended, no byte is lost, and the connection goes on.
TEST_F(OwnStreamSocket, AReleasedSocketGoesOn)
{
    operation_record first;
    operation_record second;
    const bytes data = pattern(100);
    ASSERT_TRUE(end_.far_end.send(data));
    expect(first.receive(stream_, 40), AS_DONE);
    ASSERT_TRUE(first.wait());
    as_socket given_back{};
    expect(as_stream_release(end_.release(), &given_back), AS_DONE);
    peer near_end{SOCKET_HANDLE(given_back)};
    bytes got = first.received();
    const bytes rest = near_end.receive(data.size() - got.size());
    got.insert(got.end(), rest.begin(), rest.end());
    EXPECT_EQ(got, data);
    ASSERT_TRUE(near_end.send(data));
    EXPECT_EQ(end_.far_end.receive(data.size()), data);
}

TEST_F(OwnStreamSocket, AReleaseEndsWhatIsPending)
{
    operation_record sent;
    expect(receive_.receive(stream_, 1), AS_DONE);
    expect(sent.send(stream_, pattern(16 * mib)), AS_DONE);
    as_socket given_back{};
    expect(as_stream_release(end_.release(), &given_back), AS_DONE);
    peer near_end{SOCKET_HANDLE(given_back)};
    EXPECT_EQ(receive_.count(), 1U);
    expect(receive_.outcome(), AS_CLOSED_HERE);
    EXPECT_EQ(sent.count(), 1U);
    EXPECT_EQ(sent.outcome().how, static_cast<std::uint32_t>(AS_CLOSED_HERE));
    near_end.shut_down_sending();
    EXPECT_EQ(end_.far_end.receive_to_end().size(), sent.outcome().bytes);
}

// In a callback of its own, which the release does not wait for.
TEST_F(OwnStreamSocket, ACallbackReleasesItsStream)
{
    as_socket given_back{};
    receive_.then = [&](const as_outcome&) { expect(as_stream_release(end_.release(), &given_back), AS_DONE); };
    expect(receive_.receive(stream_, 8), AS_DONE);
    ASSERT_TRUE(end_.far_end.send(pattern(3)));
    ASSERT_TRUE(receive_.wait());
    peer near_end{SOCKET_HANDLE(given_back)};
    ASSERT_TRUE(near_end.send(pattern(5)));
    EXPECT_EQ(end_.far_end.receive(5), pattern(5));
}

} // namespace
