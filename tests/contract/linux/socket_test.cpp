// What a socket of Linux asks of the library beyond the contract that all platforms share.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/socket.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstddef>
#include <thread>

#include "async_socket/log.h"
#include "support/ending.hpp"

namespace contract {
namespace {

// SRS_ASYNC_SOCKET_LINUX_12_003
TEST(LinuxSocket, ABrokenConnectionRaisesNoSignal)
{
    struct sigaction before {};
    struct sigaction fatal {};
    fatal.sa_handler = SIG_DFL; // ends the program
    ASSERT_EQ(0, sigaction(SIGPIPE, &fatal, &before));
    const engine engine;
    const bytes data = pattern(std::size_t{1} << 20);
    send_record sent;
    open_pair pair(engine.handle());
    shut_down_sending(pair.connection.near_end);
    EXPECT_EQ(ASYNC_SOCKET_SEND_SYNC_ERROR, sent.start(pair.near_end.handle(), "x", 1));
    EXPECT_EQ(ASYNC_SOCKET_SEND_SYNC_ERROR, sent.start(pair.near_end.handle(), {{(void*)"x", 1}, {(void*)"y", 1}}));
    open_pair cut(engine.handle());
    ASSERT_EQ(ASYNC_SOCKET_SEND_SYNC_OK, sent.start(cut.near_end.handle(), large_payload().data(), data.size() * 32));
    cut.far_end.close();
    EXPECT_TRUE(sent.wait());
    EXPECT_EQ(ASYNC_SOCKET_SEND_ERROR, sent.results()[0]);
    (void)sigaction(SIGPIPE, &before, nullptr);
}

// Linux opens sockets that are no byte streams, too. A datagram that is larger than the room for it: an error that is
// neither end nor reset.
TEST(LinuxSocket, AnErrorOfAReceiveIsReportedOnce)
{
    const engine engine;
    receive_record received(10);
    loopback_pair connection = connect_datagram_pair();
    async_end end(engine.handle(), connection.near_end);
    ASSERT_EQ(0, end.open());
    ASSERT_EQ(0, received.start(end.handle()));
    ASSERT_TRUE(connection.far_end.send(pattern(100)));
    ASSERT_TRUE(received.wait());
    ASSERT_EQ(0, received.start(end.handle()));
    ASSERT_TRUE(connection.far_end.send(pattern(10, 2)));
    ASSERT_TRUE(received.wait(2));
    end.destroy();
    ASSERT_EQ(2U, received.count());
    EXPECT_EQ(ASYNC_SOCKET_RECEIVE_ERROR, received.events()[0].result); // 01_070, 01_071
    EXPECT_EQ(0U, received.events()[0].bytes);
    EXPECT_EQ(ASYNC_SOCKET_RECEIVE_OK, received.events()[1].result);
    EXPECT_EQ(pattern(10, 2), received.memory);
}

// SRS_ASYNC_SOCKET_LINUX_12_005: the system reports a reset once and says EPIPE from then on, and only that
// if the peer had ended before.
TEST(LinuxSocket, ASendAfterAResetIsNotOpenWhateverTheSystemSays)
{
    const engine engine;
    for (const bool ended_before : {false, true}) {
        send_record sent;
        open_pair pair(engine.handle());
        const ASYNC_SOCKET_HANDLE socket = pair.near_end.handle();
        if (ended_before) {
            pair.far_end.shut_down_sending();
        }
        pair.far_end.reset();
        for (int i = 0; i < 5; ++i) {
            EXPECT_TRUE(becomes_true([&] { return sent.start(socket, "x", 1) == send_refused_not_open; }));
            EXPECT_EQ(ECONNRESET, last_error());
        }
    }
}

// SRS_ASYNC_SOCKET_LINUX_13_002
TEST(LinuxSocket, BytesThatComeWithTheEndAreDeliveredBeforeIt)
{
    const engine engine;
    for (int round = 0; round < 200; ++round) {
        const bytes data = pattern(100 + static_cast<std::size_t>(round));
        receive_record received(64);
        open_pair pair(engine.handle());
        const ASYNC_SOCKET_HANDLE socket = pair.near_end.handle();
        if (round % 2 == 0) {
            ASSERT_TRUE(pair.far_end.send(data));
            pair.far_end.close();
        }
        bytes arrived;
        ASSERT_EQ(0, received.start(socket));
        if (round % 2 != 0) {
            ASSERT_TRUE(pair.far_end.send(data));
            pair.far_end.close();
        }
        for (std::size_t i = 1; received.wait(i) && received.events()[i - 1].result == ASYNC_SOCKET_RECEIVE_OK; ++i) {
            const std::uint32_t count = received.events()[i - 1].bytes;
            arrived.insert(arrived.end(), received.memory.begin(),
                           received.memory.begin() + static_cast<std::ptrdiff_t>(count));
            ASSERT_EQ(0, received.start(socket));
        }
        EXPECT_EQ(data, arrived);
        EXPECT_EQ(ASYNC_SOCKET_RECEIVE_ABANDONED, received.events().back().result);
    }
}

// SRS_ASYNC_SOCKET_LINUX_13_004: a read stops in front of an urgent byte although more follows, and no event
// tells of that.
TEST(LinuxSocket, UrgentDataDoesNotHoldUpWhatFollows)
{
    const engine engine;
    for (int round = 0; round < 50; ++round) {
        loopback_pair connection = connect_pair();
        const SOCKET_HANDLE far_end = connection.far_end.release();
        async_end end(engine.handle(), connection.near_end);
        ASSERT_EQ(0, end.open());
        ASSERT_EQ(3, ::send(far_end, "abc", 3, 0));
        ASSERT_EQ(1, ::send(far_end, "!", 1, MSG_OOB));
        ASSERT_EQ(3, ::send(far_end, "def", 3, 0));
        const bytes expected{'a', 'b', 'c', 'd', 'e', 'f'};
        EXPECT_EQ(expected, receive_async(end.handle(), expected.size()));
        close_socket(far_end);
    }
}

// SRS_ASYNC_SOCKET_LINUX_14_001: and it stays as it was.
TEST(LinuxSocket, ABlockingSocketWorks)
{
    const engine engine;
    open_pair pair(engine.handle());
    EXPECT_EQ(0, fcntl(pair.connection.near_end, F_GETFL) & O_NONBLOCK);
    pending_operations pending(pair.near_end.handle());
    ASSERT_TRUE(ends_soon([&] {
        pending.receive(2);
        pending.send(2);
    }));
    EXPECT_TRUE(ends_within(ending_limit, [&] { async_socket_close(pair.near_end.handle()); }));
    pending.settle();
    pending.expect_ended();
}

// SRS_ASYNC_SOCKET_LINUX_14_002: each connection has the number of the one before, whose events may still be
// on their way.
TEST(LinuxSocket, ANumberThatIsUsedAgainDoesNotMixTwoSockets)
{
    const engine engine(1, 1);
    SOCKET_HANDLE number = invalid_socket();
    int same = 0;
    for (std::uint32_t round = 0; round < 300; ++round) {
        receive_record none(64);
        receive_record received(64);
        loopback_pair old = connect_pair();
        {
            async_end end(engine.handle(), old.near_end);
            ASSERT_EQ(0, end.open());
            ASSERT_EQ(0, none.start(end.handle()));
            same += old.near_end == number ? 1 : 0;
            number = old.near_end;
            ASSERT_TRUE(old.far_end.send("old", 3)); // its event meets the close
        }
        EXPECT_EQ(1U, none.count());
        open_pair fresh(engine.handle());
        ASSERT_EQ(0, received.start(fresh.near_end.handle()));
        const bytes data = pattern(10, round);
        ASSERT_TRUE(fresh.far_end.send(data));
        ASSERT_TRUE(received.wait());
        ASSERT_EQ(10U, received.events()[0].bytes);
        EXPECT_TRUE(std::equal(data.begin(), data.end(), received.memory.begin()));
    }
    EXPECT_NE(0, same);
}

// SRS_ASYNC_SOCKET_LINUX_14_004: a lingering of no time is what the user wants the peer to see.
TEST(LinuxSocket, ThatLingersForNoTimeIsClosedWithAReset)
{
    const engine engine;
    open_pair pair(engine.handle());
    linger_at_close(pair.connection.near_end, 0);
    async_socket_close(pair.near_end.handle());
    EXPECT_TRUE(pair.far_end.sees_reset());
}

#if ASYNC_SOCKET_API_VERSION == 3
// SRS_ASYNC_SOCKET_LINUX_14_003
TEST(LinuxSocket, ThatBelongsToAnotherEngineIsRefused)
{
    const engine first;
    const engine second;
    const auto opened = [](void*, ASYNC_SOCKET_OPEN_RESULT) {};
    open_pair pair(first.handle());
    const ASYNC_SOCKET_HANDLE other = async_socket_create(second.handle());
    EXPECT_NE(0, async_socket_open_async(other, pair.connection.near_end, opened, nullptr));
    EXPECT_TRUE(carries_traffic(pair.near_end.handle(), pair.far_end));
    async_socket_destroy(other);
}

// Spins for a while first, so that two threads go on at the same time; but both may have to do with one processor.
template <typename Condition>
void wait_closely(Condition condition)
{
    for (int i = 0; !condition(); ++i) {
        if (i > 2000) {
            std::this_thread::yield();
        }
    }
}

// Two opens of one descriptor at the same time, each time a little further apart.
TEST(LinuxSocket, OneOfTwoOpensAtTheSameTimeSucceeds)
{
    // As many as a machine with other things to do gets done in a few seconds: two of these met in 20,000.
    constexpr int most_rounds = 20'000;
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(5);
    const auto opened = [](void*, ASYNC_SOCKET_OPEN_RESULT) {};
    const engine engines[2];
    const loopback_pair pair = connect_pair();
    ASYNC_SOCKET_HANDLE sockets[2] = {async_socket_create(engines[0].handle()),
                                      async_socket_create(engines[1].handle())};
    std::atomic<int> descriptor{-1};
    std::atomic<int> begun{0};
    std::atomic<int> done{0};
    std::atomic<bool> over{false};
    bool others[most_rounds] = {};
    std::thread other([&] {
        for (int round = 0; round < most_rounds; ++round) {
            wait_closely([&] { return begun.load() > round || over.load(); });
            if (begun.load() <= round) {
                return;
            }
            others[round] = async_socket_open_async(sockets[1], descriptor.load(), opened, nullptr) == 0;
            ++done;
        }
    });
    async_socket_set_log_level(ASYNC_SOCKET_LOG_OFF);
    int rounds = 0;
    int one_of_two = 0;
    for (; rounds < most_rounds && std::chrono::steady_clock::now() < end; ++rounds) {
        const int round = rounds;
        descriptor.store(::dup(pair.near_end));
        ++begun;
        for (std::atomic<int> wait{round % 60 * 10}; wait.load() > 0; --wait) {
        }
        const bool mine = async_socket_open_async(sockets[0], descriptor.load(), opened, nullptr) == 0;
        wait_closely([&] { return done.load() > round; });
        one_of_two += mine != others[round] ? 1 : 0;
        async_socket_close(sockets[0]);
        async_socket_close(sockets[1]);
    }
    over.store(true);
    async_socket_set_log_level(ASYNC_SOCKET_LOG_WARNING);
    other.join();
    EXPECT_EQ(rounds, one_of_two);
    close_socket(pair.near_end);
    async_socket_destroy(sockets[0]);
    async_socket_destroy(sockets[1]);
}

// The number was closed behind the library's back, and is another connection's now.
TEST(LinuxSocket, ThatHasTheNumberOfOneThatIsGoneIsTaken)
{
    const engine engine;
    const auto opened = [](void*, ASYNC_SOCKET_OPEN_RESULT) {};
    loopback_pair old = connect_pair();
    const ASYNC_SOCKET_HANDLE first = async_socket_create(engine.handle());
    ASSERT_EQ(0, async_socket_open_async(first, old.near_end, opened, nullptr));
    loopback_pair fresh = connect_pair();
    ASSERT_EQ(old.near_end, ::dup2(fresh.near_end, old.near_end));
    close_socket(fresh.near_end);
    const ASYNC_SOCKET_HANDLE second = async_socket_create(engine.handle());
    ASSERT_EQ(0, async_socket_open_async(second, old.near_end, opened, nullptr));
    EXPECT_TRUE(carries_traffic(second, fresh.far_end));
    async_socket_destroy(second);
    async_socket_destroy(first); // has nothing left to close
}
#endif

} // namespace
} // namespace contract
