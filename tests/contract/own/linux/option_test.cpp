// Options that have to be there before there is a connection, and those that a socket of another kind has not.
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <array>
#include <string>

#include <gtest/gtest.h>

#include "own/listening.hpp"

namespace {

using namespace contract;
using namespace contract::own;

// How much larger than 64 KiB the window may become that is offered to the peer, in bits: agreed with the first two
// packets, by the size that the buffer has then.
int offered_scale(as_stream* stream)
{
    as_socket socket = -1;
    expect(as_stream_release(stream, &socket), AS_DONE);
    const peer closes{SOCKET_HANDLE(socket)};
    tcp_info info{};
    socklen_t size = sizeof info;
    EXPECT_EQ(getsockopt(socket, IPPROTO_TCP, TCP_INFO, &info, &size), 0);
    return info.tcpi_rcv_wscale;
}

class OwnOption : public testing::Test {
protected:
    // The window's scale of a stream that is accepted, and of one that connects, where both have asked for this.
    std::array<int, 2> scales_with(const as_option_value* options, std::uint32_t count)
    {
        as_listener_options of_listener = AS_LISTENER_OPTIONS;
        of_listener.options = options;
        of_listener.option_count = count;
        const listening here(engine_, {loopback()}, &of_listener);
        const as_address address = here.address();
        as_target target{};
        target.addresses = &address;
        target.address_count = 1;
        as_connect_options of_connect = AS_CONNECT_OPTIONS;
        of_connect.options = options;
        of_connect.option_count = count;
        arrival accepted;
        arrival connected;
        expect(accepted.accept(here.handle()), AS_DONE);
        expect(connected.record.noted(as_connect(engine_.handle(), &target, &of_connect, &connected.record.operation,
                                                 &connected.stream, AS_NEVER)),
               AS_DONE);
        expect(connected.end(), AS_DONE);
        expect(accepted.end(), AS_DONE);
        return {offered_scale(accepted.release()), offered_scale(connected.release())};
    }

    engine engine_;
};

TEST_F(OwnOption, ABufferCountsForTheFirstPackets)
{
    const std::array<int, 2> usual = scales_with(nullptr, 0);
    EXPECT_GT(usual[0], 0);
    EXPECT_GT(usual[1], 0);
    const as_option_value small{AS_OPTION_RECEIVE_BUFFER, 4096};
    EXPECT_EQ(scales_with(&small, 1), (std::array{0, 0}));
}

TEST_F(OwnOption, ALocalConnectionHasSomeOfThem)
{
    const std::string name = std::string(1, '\0') + "own_option_" +
                             std::to_string(reinterpret_cast<std::uintptr_t>(this)) + "_" + std::to_string(getpid());
    as_address address{};
    expect(as_address_unix(&address, name.data(), name.size()), AS_DONE);
    const std::vector<as_option_value> asked{{AS_OPTION_SEND_BUFFER, 20000}, {AS_OPTION_RECEIVE_BUFFER, 30000}};
    as_listener_options options = AS_LISTENER_OPTIONS;
    options.options = asked.data();
    options.option_count = 2;
    const listening here(engine_, {address}, &options);
    as_target target{};
    target.addresses = &address;
    target.address_count = 1;
    as_connect_options how = AS_CONNECT_OPTIONS;
    how.options = asked.data();
    how.option_count = 2;
    arrival accepted;
    arrival connected;
    arrival refused;
    const auto connect = [&](arrival& one) {
        return one.record.noted(
            as_connect(engine_.handle(), &target, &how, &one.record.operation, &one.stream, AS_NEVER));
    };
    expect(accepted.accept(here.handle()), AS_DONE);
    expect(connect(connected), AS_DONE);
    expect(connected.end(), AS_DONE);
    expect(accepted.end(), AS_DONE);
    expect_options(accepted.stream, asked);
    expect_options(connected.stream, asked);
    const as_option_value of_tcp{AS_OPTION_NO_DELAY, 1};
    how.options = &of_tcp;
    how.option_count = 1;
    expect(connect(refused), AS_DONE);
    expect(refused.end(), AS_NOT_AVAILABLE);
    EXPECT_NE(refused.record.outcome().code, 0U);
}

// More than there are ports for one address: each has another peer, so they may share theirs.
TEST_F(OwnOption, ConnectsFromOneAddressShareItsPorts)
{
    const plain_listener there;
    const as_address to = loopback(AS_IPV4, there.port());
    as_target target{};
    target.addresses = &to;
    target.address_count = 1;
    as_address from{};
    expect(as_address_parse(&from, "127.0.0.3", 0), AS_DONE);
    as_connect_options how = AS_CONNECT_OPTIONS;
    how.from = &from;
    arrival connected;
    expect(connected.record.noted(
               as_connect(engine_.handle(), &target, &how, &connected.record.operation, &connected.stream, AS_NEVER)),
           AS_DONE);
    expect(connected.end(), AS_DONE);
    as_socket socket = -1;
    expect(as_stream_release(connected.release(), &socket), AS_DONE);
    const peer closes{SOCKET_HANDLE(socket)};
    int waits_for_connect = 0;
    socklen_t size = sizeof waits_for_connect;
    EXPECT_EQ(getsockopt(socket, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &waits_for_connect, &size), 0);
    EXPECT_EQ(waits_for_connect, 1);
}

} // namespace
