// What one operation costs once things are going: system calls and allocations, counted at the calls and not by a
// clock. docs/performance.md has the table. Where the system decides, there is a bound with some room; what it
// guards against is one call more for every operation.
//
// Counted in several rounds. The other threads of an engine look around now and then, at a thread that has stayed in a
// callback too, may meet the loop at a lock, may wake it and be woken, and where a machine has others to serve they do
// so all the time. They can only add, and not to every round alike; what belongs to the operations is in each.
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <map>
#include <string>
#include <vector>

#include "c_pal/async_socket.h"
#include "counted_atomics.hpp"
#include "faulty_calls.hpp"
#include "support/signal.hpp"

namespace faults {

namespace {

using counts = std::map<std::string, std::uint32_t>;

constexpr std::array counted_calls{"calloc",     "close",      "epoll_ctl",  "epoll_ctl_del", "epoll_wait", "fcntl",
                                   "futex_wake", "getsockopt", "malloc",     "poll",          "recv",       "recvmsg",
                                   "send",       "sendmsg",    "setsockopt", "shutdown",      "write"};

counts counts_now()
{
    counts now;
    for (const char* const call : counted_calls) {
        now[call] = calls_of(call);
    }
    now["read-modify-write"] = static_cast<std::uint32_t>(read_modify_writes);
    return now;
}

counts between(const counts& before, const counts& after)
{
    counts difference;
    for (const auto& [call, count] : after) {
        difference[call] = count - before.at(call);
    }
    return difference;
}

constexpr std::uint32_t rounds = 10;
constexpr std::uint32_t operations = 100; // in each

// Of a round.
struct bounds {
    std::uint32_t least; // on the average
    std::uint32_t most;  // in the round that has fewest of this call
};

// Each call is within its bounds; what has none was not called at all in some round.
void expect_cost(const std::vector<counts>& each_round, const std::map<std::string, bounds>& allowed)
{
    ASSERT_EQ(each_round.size(), rounds);
    for (const auto& [call, first] : each_round.front()) {
        std::uint32_t fewest = first;
        std::uint32_t all = 0;
        for (const counts& round : each_round) {
            fewest = std::min(fewest, round.at(call));
            all += round.at(call);
        }
        const auto found = allowed.find(call);
        const bounds limit = found != allowed.end() ? found->second : bounds{0, 0};
        EXPECT_GE(all, limit.least * rounds) << call;
        EXPECT_LE(fewest, limit.most) << call;
    }
}

// For what the other threads do even in the best round.
constexpr std::uint32_t room = 30;
constexpr bounds others{0, room};
constexpr std::uint32_t unlimited = ~std::uint32_t{0};

struct raw_pair {
    int client;
    int server;
};

raw_pair connect_raw_pair()
{
    const test_call mine;
    const int listener = ::socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    auto* const generic = reinterpret_cast<sockaddr*>(&address);
    EXPECT_EQ(::bind(listener, generic, size), 0);
    EXPECT_EQ(::listen(listener, 1), 0);
    EXPECT_EQ(::getsockname(listener, generic, &size), 0);
    const int client = ::socket(AF_INET, SOCK_STREAM, 0);
    EXPECT_EQ(::connect(client, generic, size), 0);
    const int server = ::accept(listener, nullptr, nullptr);
    (void)::close(listener);
    const int on = 1;
    for (const int each : {client, server}) {
        EXPECT_EQ(::setsockopt(each, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on), 0);
    }
    return {client, server};
}

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

    // To be called for each operation that counts: looks at the counts after the warm-up, and after each round.
    bool counts_one()
    {
        ++done_;
        if (done_ >= warm_up && (done_ - warm_up) % operations == 0) {
            counts now = counts_now();
            if (done_ != warm_up) {
                each_round_.push_back(between(before_, now));
            }
            before_ = std::move(now);
        }
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
    [[nodiscard]] bool goes_on() const { return each_round_.size() < rounds; }

    static constexpr std::uint32_t warm_up = 200;

    EXECUTION_ENGINE_HANDLE engine_;
    ASYNC_SOCKET_HANDLE client_;
    ASYNC_SOCKET_HANDLE server_;
    std::uint32_t done_ = 0;
    counts before_;
    std::vector<counts> each_round_;
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
    // 14 for each of four operations, 2 for each of two looks at the sockets; half a one more for other threads.
    constexpr std::uint32_t most_changes = operations * (4 * 14 + 2 * 2) + operations / 2;
    expect_cost(each_round_, {{"send", {2 * operations, 2 * operations}},
                              {"recv", {2 * operations, 2 * operations + room}},
                              {"epoll_wait", {0, 2 * operations + room}},
                              {"close", others},
                              {"futex_wake", others},
                              {"write", others},
                              {"read-modify-write", {0, most_changes}}});
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
    expect_cost(each_round_, {{"send", {operations, operations * 7 / 4}},
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
        each_round_.push_back(between(before, counts_now()));
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
    expect_cost_of_opens(each_round_);
}

// The same for a descriptor with a high number that is the only one of the process: what it costs does not depend
// on the number.
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
    expect_cost_of_opens(each_round_);
    const test_call mine;
    (void)::close(pair.client);
    (void)::close(pair.server);
}

} // namespace
} // namespace faults
