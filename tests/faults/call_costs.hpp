// What operations cost in calls, allocations and changes of shared memory.
//
// Counted in several rounds. The other threads of an engine look around now and then, at a thread that has stayed in a
// callback too, may meet the loop at a lock, may wake it and be woken, and where a machine has others to serve they do
// so all the time. They can only add, and not to every round alike; what belongs to the operations is in each.
#pragma once

#include <gtest/gtest.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "counted_atomics.hpp"
#include "faulty_calls.hpp"

namespace faults {

using counts = std::map<std::string, std::uint32_t>;

inline constexpr std::array counted_calls{
    "calloc", "close", "epoll_ctl", "epoll_ctl_del", "epoll_wait", "fcntl",      "futex_wake", "getsockopt", "malloc",
    "poll",   "recv",  "recvmsg",   "send",          "sendmsg",    "setsockopt", "shutdown",   "write"};

inline counts counts_now()
{
    counts now;
    for (const char* const call : counted_calls) {
        now[call] = calls_of(call);
    }
    now["read-modify-write"] = static_cast<std::uint32_t>(read_modify_writes);
    return now;
}

inline counts between(const counts& before, const counts& after)
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
inline void expect_cost(const std::vector<counts>& each_round, const std::map<std::string, bounds>& allowed)
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

// Of round trips of one message, both ends of which are on the one thread of an engine: a call for each send and each
// receive, a wait for each event, and nothing else. No operation changes shared memory more often than that.
inline void expect_cost_of_round_trips(const std::vector<counts>& each_round, std::uint32_t changes_of_an_operation)
{
    // Of four operations, and 2 for each of two looks at the sockets; half a one more for other threads.
    const std::uint32_t most_changes = operations * (4 * changes_of_an_operation + 2 * 2) + operations / 2;
    expect_cost(each_round, {{"send", {2 * operations, 2 * operations}},
                             {"recv", {2 * operations, 2 * operations + room}},
                             {"epoll_wait", {0, 2 * operations + room}},
                             {"close", others},
                             {"futex_wake", others},
                             {"write", others},
                             {"read-modify-write", {0, most_changes}}});
}

// What each round cost of operations that go on and on, one of which counts itself when it is done.
class counted_rounds {
public:
    // Looks at the counts after the warm-up, and after each round.
    void count_one()
    {
        ++done_;
        if (done_ >= warm_up && (done_ - warm_up) % operations == 0) {
            counts now = counts_now();
            if (done_ != warm_up) {
                add(between(before_, now));
            }
            before_ = std::move(now);
        }
    }
    void add(counts round) { each_.push_back(std::move(round)); }

    [[nodiscard]] bool are_left() const { return each_.size() < rounds; }
    [[nodiscard]] const std::vector<counts>& each() const { return each_; }

private:
    static constexpr std::uint32_t warm_up = 200;

    std::uint32_t done_ = 0;
    counts before_;
    std::vector<counts> each_;
};

// Both ends of a connection, which nobody owns yet.
struct raw_pair {
    int client;
    int server;
};

inline raw_pair connect_raw_pair()
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

// Ends the connection of this end so that the other one sees a reset.
inline void reset(int end)
{
    const test_call mine;
    const linger at_once{1, 0};
    EXPECT_EQ(::setsockopt(end, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once), 0);
    (void)::close(end);
}

} // namespace faults
