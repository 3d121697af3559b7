// async_socket_notify_io_async: one callback when the socket is readable or writable.
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/socket.h>

#include <cerrno>

#include "support/ending.hpp"

namespace contract {
namespace {

constexpr auto in = ASYNC_SOCKET_NOTIFY_IO_TYPE_IN;
constexpr auto out = ASYNC_SOCKET_NOTIFY_IO_TYPE_OUT;

class notification {
public:
    int start(ASYNC_SOCKET_HANDLE socket, ASYNC_SOCKET_NOTIFY_IO_TYPE type)
    {
        return async_socket_notify_io_async(socket, type, on_complete, this);
    }
    [[nodiscard]] bool wait(std::size_t count = 1)
    {
        return signal_.wait([&] { return results_.size() >= count; });
    }
    [[nodiscard]] std::vector<ASYNC_SOCKET_NOTIFY_IO_RESULT> results()
    {
        return signal_.read([&] { return results_; });
    }

    std::function<void()> then;

    static void on_complete(void* context, ASYNC_SOCKET_NOTIFY_IO_RESULT result)
    {
        auto& self = *static_cast<notification*>(context);
        const std::function<void()> then = self.then;
        self.signal_.update([&] { self.results_.push_back(result); });
        if (then) {
            then();
        }
    }

private:
    signal signal_;
    std::vector<ASYNC_SOCKET_NOTIFY_IO_RESULT> results_;
};

using results = std::vector<ASYNC_SOCKET_NOTIFY_IO_RESULT>;

const results one_in{ASYNC_SOCKET_NOTIFY_IO_RESULT_IN};
const results one_out{ASYNC_SOCKET_NOTIFY_IO_RESULT_OUT};
const results one_abandoned{ASYNC_SOCKET_NOTIFY_IO_RESULT_ABANDONED};
const results one_error{ASYNC_SOCKET_NOTIFY_IO_RESULT_ERROR};

void fill(SOCKET_HANDLE socket)
{
    const bytes data(65536);
    while (::send(socket, data.data(), data.size(), MSG_DONTWAIT) > 0) {
    }
}

std::size_t drain(SOCKET_HANDLE socket)
{
    bytes data(65536);
    const ssize_t count = ::recv(socket, data.data(), data.size(), MSG_DONTWAIT);
    return count > 0 ? static_cast<std::size_t>(count) : 0;
}

// LINUX_11_001
TEST(NotifyIo, NeedsASocketATypeAndACallback)
{
    const engine engine;
    notification none;
    open_pair pair(engine.handle());
    closed_pair closed(engine.handle());
    EXPECT_NE(0, none.start(nullptr, in));
    EXPECT_NE(0, none.start(pair.near_end.handle(), ASYNC_SOCKET_NOTIFY_IO_TYPE_INVALID));
    EXPECT_NE(0, none.start(pair.near_end.handle(), static_cast<ASYNC_SOCKET_NOTIFY_IO_TYPE>(3)));
    EXPECT_NE(0, async_socket_notify_io_async(pair.near_end.handle(), in, nullptr, nullptr));
    EXPECT_NE(0, none.start(closed.near_end.handle(), in));
    async_socket_close(pair.near_end.handle());
    EXPECT_NE(0, none.start(pair.near_end.handle(), out));
    EXPECT_EQ(results{}, none.results());
}

// LINUX_11_002
TEST(NotifyIo, TellsOnceWhenBytesCome)
{
    const engine engine;
    notification readable;
    open_pair pair(engine.handle());
    ASSERT_EQ(0, readable.start(pair.near_end.handle(), in));
    ASSERT_TRUE(pair.far_end.send("a", 1));
    ASSERT_TRUE(readable.wait());
    ASSERT_TRUE(pair.far_end.send("b", 1)); // nobody has asked
    pair.near_end.destroy();
    EXPECT_EQ(one_in, readable.results());
}

TEST(NotifyIo, TellsAtOnceWhenBytesAreThere)
{
    const engine engine;
    notification readable;
    open_pair pair(engine.handle());
    ASSERT_TRUE(pair.far_end.send("abc", 3));
    for (std::size_t i = 1; i <= 3; ++i) {
        ASSERT_EQ(0, readable.start(pair.near_end.handle(), in));
        ASSERT_TRUE(readable.wait(i));
    }
    EXPECT_EQ(results(3, ASYNC_SOCKET_NOTIFY_IO_RESULT_IN), readable.results());
}

// The user reads past the library; what that knows of the socket is not good enough.
TEST(NotifyIo, DoesNotTellOfBytesThatTheUserHasRead)
{
    const engine engine;
    open_pair pair(engine.handle());
    for (int i = 0; i < 50; ++i) {
        notification readable;
        ASSERT_EQ(0, readable.start(pair.near_end.handle(), in));
        ASSERT_TRUE(pair.far_end.send("a", 1));
        ASSERT_TRUE(readable.wait());
        EXPECT_EQ(one_in, readable.results());
        EXPECT_EQ(1U, drain(pair.connection.near_end));
    }
    notification none;
    ASSERT_EQ(0, none.start(pair.near_end.handle(), in));
    pair.near_end.destroy();
    EXPECT_EQ(one_abandoned, none.results());
}

TEST(NotifyIo, TellsOfTheEndOfTheStreamAsReadable)
{
    const engine engine;
    notification readable;
    open_pair pair(engine.handle());
    ASSERT_EQ(0, readable.start(pair.near_end.handle(), in));
    pair.far_end.shut_down_sending();
    ASSERT_TRUE(readable.wait());
    EXPECT_EQ(one_in, readable.results());
}

// LINUX_11_003
TEST(NotifyIo, TellsWhenThereIsRoom)
{
    const engine engine;
    notification writable;
    open_pair pair(engine.handle());
    ASSERT_EQ(0, writable.start(pair.near_end.handle(), out));
    ASSERT_TRUE(writable.wait());
    EXPECT_EQ(one_out, writable.results());

    notification later;
    fill(pair.connection.near_end);
    ASSERT_EQ(0, later.start(pair.near_end.handle(), out));
    EXPECT_EQ(results{}, later.results());
    std::thread reader([&] { (void)pair.far_end.receive_to_end(); });
    EXPECT_TRUE(later.wait());
    EXPECT_EQ(one_out, later.results());
    pair.near_end.destroy();
    reader.join();
}

// LINUX_11_004
TEST(NotifyIo, IsAbandonedByAClose)
{
    const engine engine;
    std::deque<notification> pending(6);
    open_pair pair(engine.handle());
    fill(pair.connection.near_end);
    for (std::size_t i = 0; i < pending.size(); ++i) {
        ASSERT_EQ(0, pending[i].start(pair.near_end.handle(), i % 2 == 0 ? in : out));
    }
    EXPECT_TRUE(ends_within(ending_limit, [&] { async_socket_close(pair.near_end.handle()); }));
    for (notification& each : pending) {
        EXPECT_EQ(one_abandoned, each.results());
    }
}

// LINUX_11_005
TEST(NotifyIo, TellsOfAnError)
{
    const engine engine;
    notification readable;
    notification writable;
    open_pair pair(engine.handle());
    fill(pair.connection.near_end);
    ASSERT_EQ(0, readable.start(pair.near_end.handle(), in));
    ASSERT_EQ(0, writable.start(pair.near_end.handle(), out));
    pair.far_end.reset();
    ASSERT_TRUE(readable.wait());
    ASSERT_TRUE(writable.wait());
    EXPECT_EQ(one_error, readable.results());
    EXPECT_EQ(one_error, writable.results());
    notification late; // nobody has fetched the error yet
    ASSERT_EQ(0, late.start(pair.near_end.handle(), in));
    ASSERT_TRUE(late.wait());
    EXPECT_EQ(one_error, late.results());
}

// LINUX_11_006: the notice of a finished MSG_ZEROCOPY send, which the user fetches some time, shows as an error.
TEST(NotifyIo, DoesNotTakeANoticeForTheUserForAnError)
{
    const engine engine;
    notification readable;
    notification writable;
    notification failed;
    open_pair pair(engine.handle());
    const SOCKET_HANDLE socket = pair.connection.near_end;
    const int on = 1;
    ASSERT_EQ(0, setsockopt(socket, SOL_SOCKET, SO_ZEROCOPY, &on, sizeof on));
    ASSERT_EQ(0, readable.start(pair.near_end.handle(), in));
    const bytes data = pattern(20'000);
    ASSERT_EQ(static_cast<ssize_t>(data.size()), ::send(socket, data.data(), data.size(), MSG_ZEROCOPY));
    EXPECT_EQ(data, pair.far_end.receive(data.size()));
    ASSERT_TRUE(becomes_true([&] {
        pollfd asked{socket, 0, 0};
        return ::poll(&asked, 1, 0) == 1 && asked.revents == POLLERR;
    }));
    ASSERT_EQ(0, writable.start(pair.near_end.handle(), out));
    EXPECT_TRUE(writable.wait());
    EXPECT_EQ(one_out, writable.results());
    ASSERT_TRUE(pair.far_end.send("abc", 3));
    EXPECT_TRUE(readable.wait());
    EXPECT_EQ(one_in, readable.results());
    EXPECT_EQ(3U, drain(socket));
    // A notice that was there before the question.
    notification later;
    ASSERT_EQ(0, later.start(pair.near_end.handle(), in));
    ASSERT_TRUE(pair.far_end.send("abc", 3));
    EXPECT_TRUE(later.wait());
    EXPECT_EQ(one_in, later.results());
    EXPECT_EQ(3U, drain(socket));
    // What comes as an error is one, and is not taken from the receive.
    ASSERT_EQ(0, failed.start(pair.near_end.handle(), in));
    pair.far_end.reset();
    EXPECT_TRUE(failed.wait());
    EXPECT_EQ(one_error, failed.results());
    char byte = 0;
    EXPECT_EQ(-1, ::recv(socket, &byte, 1, MSG_DONTWAIT));
    EXPECT_EQ(ECONNRESET, errno);
}

TEST(NotifyIo, GoesTogetherWithAReceive)
{
    const engine engine;
    notification readable;
    receive_record received(10);
    open_pair pair(engine.handle());
    ASSERT_EQ(0, received.start(pair.near_end.handle()));
    ASSERT_EQ(0, readable.start(pair.near_end.handle(), in));
    ASSERT_TRUE(pair.far_end.send(pattern(10)));
    EXPECT_TRUE(received.wait());
    EXPECT_TRUE(readable.wait());
    EXPECT_EQ(pattern(10), received.memory);
    EXPECT_EQ(one_in, readable.results());
}

class EndingInANotification : public testing::TestWithParam<ending> {};

INSTANTIATE_TEST_SUITE_P(Row, EndingInANotification, testing::Values(ending::close, ending::destroy),
                         [](const auto& each) { return name_of(each.param); });

TEST_P(EndingInANotification, Returns)
{
    for (const std::uint32_t threads : {1U, 4U}) {
        const engine engine(threads, threads);
        open_pair pair(engine.handle());
        pending_operations pending(pair.near_end.handle());
        timed_ending end(GetParam());
        notification readable;
        readable.then = [&] { end(pair.near_end, pending); };
        pending.send();
        ASSERT_EQ(0, readable.start(pair.near_end.handle(), in));
        ASSERT_TRUE(pair.far_end.send("x", 1));
        EXPECT_TRUE(end.returned_in_time());
        pending.expect_ended();
        expect_peer_sees_end(pair.far_end);
        EXPECT_EQ(one_in, readable.results());
    }
}

} // namespace
} // namespace contract
