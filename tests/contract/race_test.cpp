// Races, in many rounds: whatever the order of things, every accepted call has had exactly one callback
// when the close has returned, and every refused one has none.
#include <gtest/gtest.h>

#include "rounds.hpp"
#include "support/ending.hpp"

namespace contract {
namespace {

const int rounds = rounds_of(100); // in each generation

// Calls and their callbacks, by the number.
class tally {
public:
    tally() = default;
    tally(const tally&) = delete;
    tally& operator=(const tally&) = delete;

    ASYNC_SOCKET_SEND_SYNC_RESULT send(ASYNC_SOCKET_HANDLE socket)
    {
        static unsigned char data[1024];
        const ASYNC_SOCKET_BUFFER piece{data, sizeof data};
        const auto on_complete = [](void* context, ASYNC_SOCKET_SEND_RESULT) { count_callback(context); };
        const ASYNC_SOCKET_SEND_SYNC_RESULT result = async_socket_send_async(socket, &piece, 1, on_complete, this);
        (void)count_call(result == ASYNC_SOCKET_SEND_SYNC_OK);
        return result;
    }
    // False if refused.
    bool receive(ASYNC_SOCKET_HANDLE socket)
    {
        static unsigned char memory[512];
        ASYNC_SOCKET_BUFFER piece{memory, sizeof memory};
        const auto on_complete = [](void* context, ASYNC_SOCKET_RECEIVE_RESULT, std::uint32_t) {
            count_callback(context);
        };
        return count_call(async_socket_receive_async(socket, &piece, 1, on_complete, this) == 0);
    }

    [[nodiscard]] int accepted() const { return accepted_; }
    [[nodiscard]] int ended() const { return ended_; }

    // Lets the others run until `count` calls were accepted.
    bool wait_until_accepted(int count) const
    {
        return becomes_true([this, count] { return accepted_ >= count; });
    }
    // Keeps the number of pending operations low.
    bool wait_until_pending_below(int count) const
    {
        return becomes_true([this, count] { return accepted_ - ended_ < count; });
    }

private:
    static void count_callback(void* context) { ++static_cast<tally*>(context)->ended_; }

    bool count_call(bool accepted)
    {
        accepted_ += accepted ? 1 : 0;
        return accepted;
    }

    std::atomic<int> accepted_{0};
    std::atomic<int> ended_{0};
};

// Threads that all do the same.
class crowd {
public:
    template <typename Action>
    crowd(int count, Action action)
    {
        for (int i = 0; i < count; ++i) {
            threads_.emplace_back(action);
        }
    }
    ~crowd() { join(); }
    crowd(const crowd&) = delete;
    crowd& operator=(const crowd&) = delete;

    void join()
    {
        for (std::thread& each : threads_) {
            each.join();
        }
        threads_.clear();
    }

private:
    std::vector<std::thread> threads_;
};

constexpr int crowd_size = 4;
constexpr int most_pending = 64;

// How far a round goes before the close comes: from nothing at all to about as much as may be pending.
int calls_before_close(int round)
{
    return round % most_pending;
}

// The reading peer of every other round; the peers of the rounds between do not read.
class reader {
public:
    reader(peer& far_end, bool reads)
    {
        if (reads) {
            thread_ = std::thread([&far_end] { (void)far_end.receive_to_end(); });
        }
    }
    ~reader()
    {
        if (thread_.joinable()) {
            thread_.join();
        }
    }
    reader(const reader&) = delete;
    reader& operator=(const reader&) = delete;

private:
    std::thread thread_;
};

// 01_020, 01_040, 01_045, 01_097
TEST(Race, SendersAgainstClose)
{
    const engine engine;
    for (int round = 0; round < rounds; ++round) {
        tally sends;
        open_pair pair(engine.handle());
        const ASYNC_SOCKET_HANDLE socket = pair.near_end.handle();
        const reader reads(pair.far_end, round % 2 == 0);
        crowd senders(crowd_size, [&] {
            ASYNC_SOCKET_SEND_SYNC_RESULT result = ASYNC_SOCKET_SEND_SYNC_OK;
            while ((result = sends.send(socket)) == ASYNC_SOCKET_SEND_SYNC_OK) {
                EXPECT_TRUE(sends.wait_until_pending_below(most_pending));
            }
            EXPECT_EQ(send_refused_not_open, result);
        });
        EXPECT_TRUE(sends.wait_until_accepted(calls_before_close(round)));
        async_socket_close(socket);
        const int ended = sends.ended();
        senders.join();
        ASSERT_EQ(sends.accepted(), ended) << "in round " << round;
        ASSERT_EQ(ended, sends.ended()) << "in round " << round;
    }
}

// 01_083, 01_098
TEST(Race, ReceiversAgainstClose)
{
    const engine engine;
    for (int round = 0; round < rounds; ++round) {
        tally receives;
        open_pair pair(engine.handle());
        const ASYNC_SOCKET_HANDLE socket = pair.near_end.handle();
        crowd receivers(crowd_size, [&] {
            while (receives.receive(socket)) {
                EXPECT_TRUE(receives.wait_until_pending_below(most_pending));
            }
        });
        crowd flood(1, [&pair] {
            const bytes data(2048);
            while (pair.far_end.send(data)) {
            }
        });
        EXPECT_TRUE(receives.wait_until_accepted(calls_before_close(round)));
        async_socket_close(socket);
        const int ended = receives.ended();
        receivers.join();
        ASSERT_EQ(receives.accepted(), ended) << "in round " << round;
        ASSERT_EQ(ended, receives.ended()) << "in round " << round;
    }
}

// The threads have ended, and the system may be cancelling what they left, when the destroy comes.
TEST(Race, ThreadsThatEndedAgainstDestroy)
{
    const engine engine;
    for (int round = 0; round < rounds; ++round) {
        tally calls;
        open_pair pair(engine.handle());
        const ASYNC_SOCKET_HANDLE socket = pair.near_end.handle();
        const reader reads(pair.far_end, round % 2 == 0);
        crowd(crowd_size, [&] {
            for (int i = 0; i <= round % 8; ++i) {
                (void)calls.receive(socket);
                (void)calls.send(socket);
            }
        }).join();
        pair.near_end.destroy();
        ASSERT_EQ(calls.accepted(), calls.ended()) << "in round " << round;
        pair.far_end.shut_down_sending();
    }
}

TEST(Race, ResetByThePeerAgainstSendsAgainstClose)
{
    const engine engine;
    for (int round = 0; round < rounds; ++round) {
        tally calls;
        open_pair pair(engine.handle());
        const ASYNC_SOCKET_HANDLE socket = pair.near_end.handle();
        crowd senders(crowd_size, [&] {
            while (calls.send(socket) == ASYNC_SOCKET_SEND_SYNC_OK && calls.receive(socket)) {
                EXPECT_TRUE(calls.wait_until_pending_below(most_pending));
            }
        });
        meeting both(2);
        crowd resetter(1, [&] {
            (void)both.arrive_and_wait();
            pair.far_end.reset();
        });
        EXPECT_TRUE(calls.wait_until_accepted(calls_before_close(round)));
        (void)both.arrive_and_wait();
        async_socket_close(socket);
        const int ended = calls.ended();
        senders.join();
        ASSERT_EQ(calls.accepted(), ended) << "in round " << round;
        ASSERT_EQ(ended, calls.ended()) << "in round " << round;
    }
}

// As soon as the socket takes calls another thread closes it: the open callback has run to its end by
// the time the close returns, or does not run any more after it.
TEST(Race, OpenCallbackAgainstCloseOfAnotherThread)
{
    const engine engine;
    for (int round = 0; round < 3 * rounds; ++round) {
        closed_pair pair(engine.handle());
        probe receives(pair.near_end.handle());
        std::atomic<bool> closed{false};
        std::atomic<bool> too_late{false};
        open_record opened;
        opened.then = [&] {
            too_late = closed.load();
            std::this_thread::yield();
            too_late = too_late || closed;
        };
        crowd closer(1, [&] {
            EXPECT_TRUE(receives.wait_until_accepted());
            async_socket_close(pair.near_end.handle());
            closed = true;
        });
        ASSERT_EQ(0, pair.near_end.open(open_record::on_complete, &opened)); // 01_017
        closer.join();
        ASSERT_FALSE(too_late) << "in round " << round;
        ASSERT_EQ(1, opened.calls) << "in round " << round;
        ASSERT_TRUE(receives.each_ended_once()) << "in round " << round;
    }
}

#if ASYNC_SOCKET_API_VERSION != 1

TEST(Race, SendersAgainstACycleOfCloseAndOpen)
{
    tally sends;
    const engine engine;
    closed_pair pair(engine.handle());
    const ASYNC_SOCKET_HANDLE socket = pair.near_end.handle();
    std::atomic<bool> over{false};
    crowd senders(crowd_size, [&] {
        while (!over) {
            const ASYNC_SOCKET_SEND_SYNC_RESULT result = sends.send(socket);
            if (result != ASYNC_SOCKET_SEND_SYNC_OK) {
                EXPECT_EQ(send_refused_not_open, result);
                std::this_thread::yield();
            }
            EXPECT_TRUE(sends.wait_until_pending_below(most_pending));
        }
    });
    for (int round = 0; round < rounds; ++round) {
        loopback_pair fresh = connect_pair();
        pair.near_end.replace(fresh.near_end);
        EXPECT_EQ(0, pair.near_end.open());
        const reader reads(fresh.far_end, round % 2 == 0);
        EXPECT_TRUE(sends.wait_until_accepted(sends.accepted() + calls_before_close(round)));
        async_socket_close(socket);
    }
    over = true;
    senders.join();
    EXPECT_EQ(sends.accepted(), sends.ended());
}

#endif

} // namespace
} // namespace contract
