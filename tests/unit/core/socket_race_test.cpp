// core/socket/socket.hpp, many threads at once, round after round.
#include "core/socket/socket.hpp"

#include <array>
#include <atomic>
#include <memory>

#include <gtest/gtest.h>

#include "support/socket_fixture.hpp"

namespace {

using namespace async_socket;
using test::background;
using test::connection_number;
using test::ended_record;
using test::starting_line;

class SocketRace : public test::socket_fixture {
protected:
    static constexpr int rounds = 1000;
};

// The fake channel is plain memory here that goes with the close: whoever gets in too late uses it
// after it was freed.
TEST_F(SocketRace, StartsNeverMeetTheClose)
{
    fake_.start_answer = test::refused;
    std::atomic<bool> over{false};
    {
        const auto keep_starting = [&] {
            ended_record none;
            while (!over.load(std::memory_order_relaxed)) {
                EXPECT_NE(start(none), test::accepted);
            }
        };
        background first(keep_starting);
        background second(keep_starting);
        for (int round = 1; round <= rounds; ++round) {
            EXPECT_TRUE(open(round));
            socket_->close();
        }
        over = true;
    }
    EXPECT_EQ(fake_.closes_of(rounds), 1);
}

TEST_F(SocketRace, EveryAcceptedOperationEndsOnceWhileItCloses)
{
    std::unique_ptr<ended_record[]> records;
    std::array<bool, 4> accepted{};
    starting_line begin(3);
    starting_line end(3);
    const auto start_two = [&](std::size_t first) {
        for (int round = 1; round <= rounds; ++round) {
            begin.arrive_and_wait();
            for (std::size_t i = first; i < first + 2; ++i) {
                accepted[i] = start(records[i]) == test::accepted;
            }
            end.arrive_and_wait();
        }
    };
    background one([&] { start_two(0); });
    background two([&] { start_two(2); });
    for (int round = 1; round <= rounds; ++round) {
        records = std::make_unique<ended_record[]>(4);
        EXPECT_TRUE(open(round));
        begin.arrive_and_wait();
        socket_->close();
        end.arrive_and_wait();
        for (std::size_t i = 0; i < 4; ++i) {
            EXPECT_EQ(records[i].times, accepted[i] ? 1 : 0);
        }
    }
}

// 01_022
TEST_F(SocketRace, ThreeClosesDoTheWorkOnce)
{
    starting_line line(3);
    const auto keep_closing = [&] {
        for (int round = 1; round <= rounds; ++round) {
            line.arrive_and_wait();
            socket_->close();
            line.arrive_and_wait();
        }
    };
    background one(keep_closing);
    background two(keep_closing);
    for (int round = 1; round <= rounds; ++round) {
        EXPECT_TRUE(open(round));
        line.arrive_and_wait();
        socket_->close();
        line.arrive_and_wait();
        EXPECT_EQ(fake_.closes_of(round), 1);
    }
}

// 01_015: of two opens at once, one wins.
TEST_F(SocketRace, OfTwoOpensOneWins)
{
    starting_line line(2);
    std::atomic<int> opened{0};
    const auto take_part = [&](int connection) {
        line.arrive_and_wait();
        opened += open(connection) ? 1 : 0;
        line.arrive_and_wait();
    };
    background other([&] {
        for (int round = 0; round < rounds; ++round) {
            take_part(2);
        }
    });
    for (int round = 0; round < rounds; ++round) {
        take_part(1);
        EXPECT_EQ(opened.exchange(0), 1);
        socket_->close();
    }
    EXPECT_EQ(fake_.closes_of(1) + fake_.closes_of(2), rounds);
}

// 01_093: the memory goes while the close is on its last instructions.
TEST_F(SocketRace, DestroyWhileACloseFinishes)
{
    destroy_socket();
    core::socket* socket = nullptr;
    starting_line line(2);
    background closer([&] {
        for (int round = 1; round <= rounds; ++round) {
            line.arrive_and_wait();
            socket->close();
            line.arrive_and_wait();
        }
    });
    for (int round = 1; round <= rounds; ++round) {
        socket = core::socket::create(*engine_, backend::no_connection(), 0, nullptr);
        const backend::connection given = connection_number(round);
        EXPECT_TRUE(socket
                        ->open(
                            &given, [](void*, ASYNC_SOCKET_OPEN_RESULT) {}, nullptr)
                        .is_none());
        // The close is known to be under way once the connection is closed.
        line.arrive_and_wait();
        EXPECT_TRUE(test::wait_until([&] { return fake_.closes_of(round) == 1; }));
        socket->close_and_free();
        line.arrive_and_wait();
    }
}

// A receive that is started again in its own callback, over and over, until a close on another thread.
TEST_F(SocketRace, AnEndlessReceiveDoesNotKeepTheCloseWaiting)
{
    for (int round = 1; round <= 20; ++round) {
        ASSERT_TRUE(open(round));
        std::atomic<int> received{0};
        ended_record receive;
        receive.then = [&] {
            ++received;
            (void)start(receive);
        };
        ASSERT_EQ(start(receive), test::accepted);
        std::atomic<bool> over{false};
        {
            background system([&] {
                while (!over) {
                    if (test::fake_operation* const operation = fake_.take_started()) {
                        test::fake_backend::deliver(*operation, test::done_with(1));
                    }
                }
            });
            EXPECT_TRUE(test::wait_until([&] { return received > 10; }));
            socket_->close();
            over = true;
        }
        const int at_close = received;
        EXPECT_GT(at_close, 10);
    }
}

} // namespace
