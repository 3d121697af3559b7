// What the system has behind a listener: connections that wait in line, and those that have not faded away.
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <thread>

#include "own/listening.hpp"

namespace {

using namespace contract;
using namespace contract::own;

// A connect that goes on by itself.
class knock {
public:
    explicit knock(const as_address& at)
        : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)), owner_(socket_)
    {
        std::size_t size = 0;
        const auto* const system = static_cast<const sockaddr*>(as_address_system(&at, &size));
        const int answer = ::connect(socket_, system, static_cast<socklen_t>(size));
        EXPECT_TRUE(answer == 0 || errno == EINPROGRESS) << errno;
    }

    [[nodiscard]] bool is_connected() const { return state().tcpi_state == TCP_ESTABLISHED; }
    // It was not answered: the system has asked once more.
    [[nodiscard]] bool is_waiting() const
    {
        const tcp_info now = state();
        return now.tcpi_state == TCP_SYN_SENT && now.tcpi_retransmits != 0;
    }

private:
    [[nodiscard]] tcp_info state() const
    {
        tcp_info now{};
        socklen_t size = sizeof now;
        EXPECT_EQ(::getsockopt(socket_, IPPROTO_TCP, TCP_INFO, &now, &size), 0);
        return now;
    }

    int socket_;
    peer owner_;
};

// The system takes one more than the backlog says, and does not answer the others. Four, since one may slip in before
// another that is ahead of it has been counted.
TEST(OwnListenerInLine, WhoFindsTheBacklogUsedUpWaitsForAnAccept)
{
    const engine used;
    as_listener_options options = AS_LISTENER_OPTIONS;
    options.backlog = 1;
    const listening here(used, {loopback()}, &options);
    const as_address at = here.address();
    const std::array<knock, 4> knocks{knock(at), knock(at), knock(at), knock(at)};
    const auto are = [&](bool (knock::*what)() const) {
        return std::count_if(knocks.begin(), knocks.end(), [&](const knock& each) { return (each.*what)(); });
    };
    ASSERT_TRUE(becomes_true([&] {
        std::this_thread::sleep_for(std::chrono::milliseconds(5)); // nobody tells of it, and it takes a second
        return are(&knock::is_connected) + are(&knock::is_waiting) == 4;
    }));
    EXPECT_GE(are(&knock::is_connected), 1);
    EXPECT_GE(are(&knock::is_waiting), 1);
    std::array<arrival, 4> accepted;
    for (arrival& each : accepted) {
        expect(each.accept(here.handle()), AS_DONE);
    }
    for (arrival& each : accepted) { // as soon as the system asks again
        expect(each.end(), AS_DONE);
    }
    EXPECT_EQ(are(&knock::is_connected), 4);
}

// Of a connection, whoever closes it first has something left for a minute (TIME_WAIT).
class OwnListenerPort : public testing::Test {
protected:
    // Where a listener was, and its end of a connection was the first to close.
    [[nodiscard]] as_address left_behind(std::uint32_t reuse_address) const
    {
        const listening earlier = listener_at(loopback(), reuse_address);
        const as_address at = earlier.address();
        arrival accepted;
        expect(accepted.accept(earlier.handle()), AS_DONE);
        peer far_end = earlier.connect();
        expect(accepted.end(), AS_DONE);
        as_stream_close(accepted.release());
        EXPECT_TRUE(far_end.sees_end());
        return at;
    }
    void expect_port_is_taken(const as_address& at, std::uint32_t reuse_address) const
    {
        as_listener* listener = nullptr;
        const as_listener_options options = options_with(reuse_address);
        const as_outcome refused = as_listener_open(engine_.handle(), &at, 1, &options, &listener);
        expect(refused, AS_FAILED);
        EXPECT_EQ(refused.code, std::uint32_t{EADDRINUSE});
        EXPECT_EQ(listener, nullptr);
    }
    [[nodiscard]] listening listener_at(const as_address& at, std::uint32_t reuse_address) const
    {
        const as_listener_options options = options_with(reuse_address);
        return listening(engine_, {at}, &options);
    }

    engine engine_;

private:
    [[nodiscard]] static as_listener_options options_with(std::uint32_t reuse_address)
    {
        as_listener_options options = AS_LISTENER_OPTIONS;
        options.reuse_address = reuse_address;
        return options;
    }
};

TEST_F(OwnListenerPort, CanBeHadAlthoughAConnectionFadesAway)
{
    const as_address at = left_behind(1);
    const listening again = listener_at(at, 1);
    arrival accepted;
    expect(accepted.accept(again.handle()), AS_DONE);
    peer far_end = again.connect();
    expect(accepted.end(), AS_DONE);
    expect_connected(accepted.stream, far_end);
}

TEST_F(OwnListenerPort, CannotBeHadWithoutReuse)
{
    expect_port_is_taken(left_behind(1), 0);
    // A connection is as its listener was.
    const as_address at = left_behind(0);
    expect_port_is_taken(at, 0);
    expect_port_is_taken(at, 1);
}

} // namespace
