// What one operation costs once things are going: system calls and allocations, counted at the calls and not by a
// clock. docs/performance.md has the table. Where the system decides, there is a bound with some room; what it
// guards against is one call more for every operation.
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <utility>
#include <vector>

#include "c_pal/async_socket.h"
#include "call_costs.hpp"
#include "faulty_calls.hpp"
#include "support/signal.hpp"

namespace faults {

namespace {

// One connection, both ends on the one thread of an engine.
class Cost : public testing::Test {
public:
    Cost(const Cost&) = delete;
    Cost& operator=(const Cost&) = delete;
    ~Cost() override = default;

protected:
    // Here, and not in the destructor: the buffers of derived classes would be gone by then.
    void TearDown() override
    {
        async_socket_destroy(client_);
        async_socket_destroy(server_);
    }

    Cost() : engine_(engine_of_all()), client_(async_socket_create(engine_)), server_(async_socket_create(engine_))
    {
        plan(nullptr);
        const raw_pair pair = connect_raw_pair();
        open(client_, pair.client);
        open(server_, pair.server);
    }
    // Never released: nobody waits for the threads of an engine that goes, and their last calls would count here.
    static EXECUTION_ENGINE_HANDLE engine_of_all()
    {
        static EXECUTION_ENGINE_HANDLE const one = create_engine();
        return one;
    }
    static EXECUTION_ENGINE_HANDLE create_engine()
    {
        const EXECUTION_ENGINE_PARAMETERS one_thread{1, 1};
        return execution_engine_create(&one_thread);
    }

    static void open(ASYNC_SOCKET_HANDLE socket, int connected)
    {
        const auto on_open = [](void*, ASYNC_SOCKET_OPEN_RESULT) {};
        ASSERT_EQ(async_socket_open_async(socket, connected, on_open, nullptr), 0);
    }

    static void receive(ASYNC_SOCKET_HANDLE socket, std::vector<char>& into, ON_ASYNC_SOCKET_RECEIVE_COMPLETE then,
                        void* context)
    {
        ASYNC_SOCKET_BUFFER piece{into.data(), static_cast<std::uint32_t>(into.size())};
        ASSERT_EQ(async_socket_receive_async(socket, &piece, 1, then, context), 0);
    }

    static void send(ASYNC_SOCKET_HANDLE socket, std::vector<char>& bytes, std::uint32_t size,
                     ON_ASYNC_SOCKET_SEND_COMPLETE then, void* context)
    {
        const ASYNC_SOCKET_BUFFER piece{bytes.data(), size};
        ASSERT_EQ(async_socket_send_async(socket, &piece, 1, then, context), ASYNC_SOCKET_SEND_SYNC_OK);
    }

    // To be called for each operation that counts.
    bool counts_one()
    {
        rounds_.count_one();
        if (!goes_on()) {
            over_.open();
        }
        return goes_on();
    }

    // A round is a socket, which is opened and closed again and again.
    template <typename OPEN_AND_CLOSE>
    void count_opens(OPEN_AND_CLOSE open_and_close);

    // Whoever starts an operation asks this first: after the end the sockets may be closing. All callbacks run on
    // the one thread.
    [[nodiscard]] bool goes_on() const { return rounds_.are_left(); }

    EXECUTION_ENGINE_HANDLE engine_;
    ASYNC_SOCKET_HANDLE client_;
    ASYNC_SOCKET_HANDLE server_;
    counted_rounds rounds_;
    contract::gate over_;
};

class RoundTrip : public Cost {
protected:
    void start()
    {
        receive(server_, server_buffer_, on_server_received, this);
        receive(client_, client_buffer_, on_client_received, this);
        send(client_, message_, 64, on_sent, this);
    }

private:
    static void on_sent(void*, ASYNC_SOCKET_SEND_RESULT) {}

    static void on_server_received(void* context, ASYNC_SOCKET_RECEIVE_RESULT result, std::uint32_t bytes)
    {
        auto& own = *static_cast<RoundTrip*>(context);
        if (result == ASYNC_SOCKET_RECEIVE_OK && own.goes_on()) {
            receive(own.server_, own.server_buffer_, on_server_received, context);
            send(own.server_, own.message_, bytes, on_sent, context);
        }
    }

    static void on_client_received(void* context, ASYNC_SOCKET_RECEIVE_RESULT result, std::uint32_t)
    {
        auto& own = *static_cast<RoundTrip*>(context);
        if (result == ASYNC_SOCKET_RECEIVE_OK && own.counts_one()) {
            receive(own.client_, own.client_buffer_, on_client_received, context);
            send(own.client_, own.message_, 64, on_sent, context);
        }
    }

    std::vector<char> message_ = std::vector<char>(64, 'x');
    std::vector<char> client_buffer_ = std::vector<char>(4096);
    std::vector<char> server_buffer_ = std::vector<char>(4096);
};

// A message and its echo: a call for each send and each receive, a wait for each event, and nothing else.
TEST_F(RoundTrip, IsSixSystemCallsAndNoAllocation)
{
    start();
    ASSERT_TRUE(over_.wait());
    expect_cost_of_round_trips(rounds_.each(), 14);
}

class Stream : public Cost {
protected:
    void start()
    {
        receive(server_, buffer_, on_received, this);
        send(client_, message_, size, on_sent, this);
    }

private:
    static constexpr std::uint32_t size = 65536;

    static void on_sent(void* context, ASYNC_SOCKET_SEND_RESULT result)
    {
        auto& own = *static_cast<Stream*>(context);
        if (result == ASYNC_SOCKET_SEND_OK && own.counts_one()) {
            send(own.client_, own.message_, size, on_sent, context);
        }
    }

    static void on_received(void* context, ASYNC_SOCKET_RECEIVE_RESULT result, std::uint32_t)
    {
        auto& own = *static_cast<Stream*>(context);
        if (result == ASYNC_SOCKET_RECEIVE_OK && own.goes_on()) {
            receive(own.server_, own.buffer_, on_received, context);
        }
    }

    std::vector<char> message_ = std::vector<char>(size, 'x');
    std::vector<char> buffer_ = std::vector<char>(size);
};

// Several sends go out, and several receives come in, between two waits; and a receive in vain is as rare. The
// system may take a send in pieces.
TEST_F(Stream, WaitsForSeveralSendsAtOnce)
{
    start();
    ASSERT_TRUE(over_.wait());
    expect_cost(rounds_.each(), {{"send", {operations, operations * 7 / 4}},
                                 {"recv", {operations / 2, operations * 7 / 4}},
                                 {"epoll_wait", {0, operations * 3 / 4}},
                                 {"close", others},
                                 {"futex_wake", others},
                                 {"write", others},
                                 {"read-modify-write", {0, unlimited}}});
}

// Into the loop and out of it, the kind of the socket, whether it lingers, and the descriptor itself. Nobody waits for
// the state, so nobody is woken.
void expect_cost_of_opens(const std::vector<counts>& each_round)
{
    expect_cost(each_round, {{"getsockopt", {2 * operations, 2 * operations}},
                             {"epoll_ctl", {operations, operations}},
                             {"epoll_ctl_del", {operations, operations}},
                             {"close", {operations, operations + room}},
                             {"epoll_wait", {0, operations + room}},
                             {"futex_wake", others},
                             {"write", {0, operations + room}},
                             {"read-modify-write", {0, unlimited}}});
}

// A socket of its own in each round: another thread's wait may look like one for the state of a socket that lies at a
// certain place in memory, and then costs a call each time.
template <typename OPEN_AND_CLOSE>
void Cost::count_opens(OPEN_AND_CLOSE open_and_close)
{
    std::vector<ASYNC_SOCKET_HANDLE> sockets;
    for (std::uint32_t round = 0; round < rounds; ++round) {
        sockets.push_back(async_socket_create(engine_));
        open_and_close(sockets.back());
        const counts before = counts_now();
        for (std::uint32_t i = 0; i < operations; ++i) {
            open_and_close(sockets.back());
        }
        rounds_.add(between(before, counts_now()));
    }
    for (ASYNC_SOCKET_HANDLE const each : sockets) {
        async_socket_destroy(each);
    }
}

TEST_F(Cost, OfOpenAndClose)
{
    count_opens([](ASYNC_SOCKET_HANDLE again) {
        const raw_pair pair = connect_raw_pair();
        open(again, pair.client);
        async_socket_close(again);
        const test_call mine;
        (void)::close(pair.server);
    });
    expect_cost_of_opens(rounds_.each());
}

// What the peer has reset is over: its loss is known by that, and nothing lingers. So only the kind of the socket is
// asked.
TEST_F(Cost, OfWhatIsReset)
{
    std::vector<char> buffer(16);
    count_opens([&buffer](ASYNC_SOCKET_HANDLE again) {
        const raw_pair pair = connect_raw_pair();
        open(again, pair.client);
        contract::gate is_reset;
        const auto note = [](void* context, ASYNC_SOCKET_RECEIVE_RESULT result, std::uint32_t) {
            EXPECT_EQ(result, ASYNC_SOCKET_RECEIVE_ABANDONED);
            static_cast<contract::gate*>(context)->open();
        };
        receive(again, buffer, note, &is_reset);
        reset(pair.server);
        ASSERT_TRUE(is_reset.wait());
        async_socket_close(again);
    });
    expect_cost(rounds_.each(), {{"getsockopt", {operations, operations}},
                                 {"recv", {operations, 2 * operations}},
                                 {"epoll_ctl", {operations, operations}},
                                 {"epoll_ctl_del", {operations, operations}},
                                 {"close", {operations, operations + room}},
                                 {"malloc", {operations, operations + room}}, // the receive
                                 {"epoll_wait", {0, unlimited}},
                                 {"futex_wake", {0, 2 * operations}},
                                 {"write", {0, 2 * operations}},
                                 {"read-modify-write", {0, unlimited}}});
}

// As OfOpenAndClose, for a descriptor with a high number that is the only one of the process: what it costs does not
// depend on the number.
TEST_F(Cost, OfTheOnlyOpenWithAHighNumber)
{
    async_socket_close(client_);
    async_socket_close(server_);
    rlimit limit{};
    ASSERT_EQ(getrlimit(RLIMIT_NOFILE, &limit), 0);
    const int high = static_cast<int>(std::min<rlim_t>(limit.rlim_cur, 1'000'000)) - 1;
    const raw_pair pair = connect_raw_pair();
    count_opens([&pair, high](ASYNC_SOCKET_HANDLE alone) {
        {
            const test_call mine;
            ASSERT_EQ(::dup2(pair.client, high), high);
        }
        open(alone, high);
        async_socket_close(alone);
    });
    expect_cost_of_opens(rounds_.each());
    const test_call mine;
    (void)::close(pair.client);
    (void)::close(pair.server);
}

} // namespace
} // namespace faults
