// The twin of RoundTrip (cost_test.cpp) in the library's own interface: what a send and a receive of it cost.
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <vector>

#include "async_socket/address.h"
#include "async_socket/engine.h"
#include "async_socket/listener.h"
#include "async_socket/stream.h"
#include "call_costs.hpp"
#include "faulty_calls.hpp"
#include "support/signal.hpp"

namespace faults {

namespace {

constexpr std::uint32_t message_size = 64;

// One end of the connection: says what to do when a message has come.
class message_end {
public:
    using arrived = bool (*)(void* context); // false: it is over, and the streams may be closing

    message_end(as_engine* engine, int connected, arrived then, void* context) : then_(then), context_(context)
    {
        EXPECT_EQ(as_stream_adopt(engine, connected, &stream_).how, AS_DONE);
    }
    ~message_end() { as_stream_close(stream_); }
    message_end(const message_end&) = delete;
    message_end& operator=(const message_end&) = delete;

    void receive() { ASSERT_EQ(as_stream_receive(stream_, &receiving_, &incoming_, 1, AS_NEVER).how, AS_DONE); }
    // Its memory is the library's until the callback, which the answer may overtake.
    void send()
    {
        owes_one_ = is_sending_;
        if (!is_sending_) {
            is_sending_ = true;
            ASSERT_EQ(as_stream_send(stream_, &sending_, &outgoing_, 1, AS_NEVER).how, AS_DONE);
        }
    }

private:
    static void on_received(as_operation* operation, as_outcome outcome)
    {
        auto& own = *static_cast<message_end*>(operation->context);
        if (outcome.how == AS_DONE && own.then_(own.context_)) {
            own.receive();
            own.send();
        }
    }
    static void on_sent(as_operation* operation, as_outcome outcome)
    {
        auto& own = *static_cast<message_end*>(operation->context);
        own.is_sending_ = false;
        if (outcome.how == AS_DONE && own.owes_one_) {
            own.send();
        }
    }

    const arrived then_;
    void* const context_;
    as_stream* stream_ = nullptr;
    bool is_sending_ = false;
    bool owes_one_ = false;
    std::vector<char> room_ = std::vector<char>(4096);
    std::vector<char> message_ = std::vector<char>(message_size, 'x');
    as_buffer incoming_{as_buffer_of(room_.data(), room_.size())};
    as_buffer outgoing_{as_buffer_of(message_.data(), message_.size())};
    as_operation receiving_{on_received, this, {}};
    as_operation sending_{on_sent, this, {}};
};

// Never ended, as that of Cost: the last calls of its threads would count elsewhere.
as_engine* engine_of_messages()
{
    static as_engine* const one = [] {
        const as_engine_options one_thread{sizeof one_thread, 1, 1, 0};
        as_engine* made = nullptr;
        EXPECT_EQ(as_engine_create(&one_thread, &made).how, AS_DONE);
        return made;
    }();
    return one;
}

// Fewer changes of shared memory than c-pal's face makes, which has memory of its own to take and to give back.
TEST(OwnRoundTrip, IsSixSystemCallsAndNoAllocation)
{
    struct {
        counted_rounds rounds;
        contract::gate over;
    } counted; // on the one thread
    plan(nullptr);
    const raw_pair pair = connect_raw_pair();
    {
        const auto answers = [](void* context) { return static_cast<decltype(counted)*>(context)->rounds.are_left(); };
        const auto counts_one = [](void* context) {
            auto& own = *static_cast<decltype(counted)*>(context);
            own.rounds.count_one();
            if (!own.rounds.are_left()) {
                own.over.open();
            }
            return own.rounds.are_left();
        };
        message_end server(engine_of_messages(), pair.server, answers, &counted);
        message_end client(engine_of_messages(), pair.client, counts_one, &counted);
        server.receive();
        client.receive();
        client.send();
        ASSERT_TRUE(counted.over.wait());
    }
    expect_cost_of_round_trips(counted.rounds.each(), 12);
}

// A listener on a port that nobody knows, and somebody who goes there.
class meeting_place {
public:
    meeting_place()
    {
        const as_listener_options options = AS_LISTENER_OPTIONS;
        EXPECT_EQ(as_address_loopback(&address_, AS_IPV4, 0).how, AS_DONE);
        EXPECT_EQ(as_listener_open(engine_of_messages(), &address_, 1, &options, &listener_).how, AS_DONE);
        EXPECT_EQ(as_listener_address(listener_, 0, &address_).how, AS_DONE);
    }
    ~meeting_place() { as_listener_close(listener_); }
    meeting_place(const meeting_place&) = delete;
    meeting_place& operator=(const meeting_place&) = delete;

    // A connection is made, taken and closed.
    void accept_one()
    {
        arrival coming;
        ASSERT_EQ(as_listener_accept(listener_, &coming.operation, &coming.stream, AS_NEVER).how, AS_DONE);
        const int guest = go_there();
        ASSERT_TRUE(coming.is_there.wait());
        as_stream_close(coming.stream);
        const test_call mine;
        (void)::close(guest);
    }

private:
    struct arrival {
        contract::gate is_there;
        as_stream* stream = nullptr;
        as_operation operation{note, this, {}};

        static void note(as_operation* ended, as_outcome outcome)
        {
            EXPECT_EQ(outcome.how, AS_DONE);
            static_cast<arrival*>(ended->context)->is_there.open();
        }
    };

    [[nodiscard]] int go_there() const
    {
        const test_call mine;
        const int guest = ::socket(AF_INET, SOCK_STREAM, 0);
        const auto* const there = reinterpret_cast<const sockaddr*>(address_.system);
        EXPECT_EQ(::connect(guest, there, address_.size), 0);
        return guest;
    }

    as_address address_{};
    as_listener* listener_ = nullptr;
};

// What is accepted is no stranger: it is asked what it speaks, and whether it lingers when it is closed, but not
// whether it can be a stream.
TEST(OwnArrival, IsNotAskedWhatTheLibraryKnows)
{
    plan(nullptr);
    meeting_place here;
    here.accept_one();
    std::vector<counts> each_round;
    for (std::uint32_t round = 0; round < rounds; ++round) {
        const counts before = counts_now();
        for (std::uint32_t i = 0; i < operations; ++i) {
            here.accept_one();
        }
        each_round.push_back(between(before, counts_now()));
    }
    expect_cost(each_round, {{"getsockopt", {2 * operations, 2 * operations}},
                             {"epoll_ctl", {operations, operations}},
                             {"epoll_ctl_del", {operations, operations}},
                             {"close", {operations, operations + room}},
                             {"malloc", {operations, operations + room}},
                             {"epoll_wait", {0, unlimited}},
                             {"futex_wake", {0, 2 * operations}},
                             {"write", {0, 2 * operations}},
                             {"read-modify-write", {0, unlimited}}});
}

} // namespace
} // namespace faults
