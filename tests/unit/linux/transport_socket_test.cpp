// The life of a transport's socket on Linux: what a disconnect ends, who holds it, and when there is none.
#include <fcntl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>

#include <gtest/gtest.h>

#include "handle_count.hpp"
#include "linux/transport/transport.hpp"
#include "support/loopback.hpp"
#include "support/waiting.hpp"

namespace {

using namespace async_socket;
using namespace async_socket::test;

backend::transport& inside(const owned_transport& transport)
{
    return backend::transport::of(*reinterpret_cast<core::transport*>(transport.get()));
}

TEST(LinuxTransportSocket, ADisconnectSaysThatItEndedTheCall)
{
    const connected_pair pair;
    event receiving;
    background receiver([&] {
        unsigned char byte = 0;
        SOCKET_BUFFER buffer{1, &byte};
        receiving.set();
        EXPECT_EQ(socket_transport_receive(pair.client.get(), &buffer, 1, nullptr, 0, nullptr), SOCKET_RECEIVE_ERROR);
        EXPECT_TRUE(errno == ECANCELED || errno == ENOTCONN) << errno; // or it came too late
    });
    ASSERT_TRUE(receiving.wait());
    socket_transport_disconnect(pair.client.get());
    EXPECT_TRUE(receiver.finished());
}

// A channel that is open on a transport holds its socket.
TEST(LinuxTransportSocket, AHeldSocketOutlivesTheDisconnect)
{
    connected_pair pair;
    backend::transport& held = inside(pair.client);
    const std::size_t before = open_handles();
    const int socket = held.hold_socket();
    EXPECT_EQ(socket, socket_of(pair.client));
    socket_transport_disconnect(pair.client.get());
    EXPECT_EQ(held.hold_socket(), INVALID_SOCKET);
    EXPECT_EQ(open_handles(), before);
    char byte = 0;
    EXPECT_EQ(recv(socket, &byte, 1, 0), 0) << "the disconnect has not ended the connection";
    EXPECT_EQ(recv(socket_of(pair.accepted), &byte, 1, 0), 0);
    const listening_transport listener;
    EXPECT_NE(socket_transport_connect(pair.client.get(), "127.0.0.1", listener.port, long_time_ms), 0);
    backend::transport::let_go_of_socket(&held);
    EXPECT_EQ(fcntl(socket, F_GETFD), -1);
    EXPECT_EQ(socket_transport_connect(pair.client.get(), "127.0.0.1", listener.port, long_time_ms), 0);
}

TEST(LinuxTransportSocket, AHeldSocketOutlivesTheHandle)
{
    connected_pair pair;
    backend::transport& held = inside(pair.client);
    const int socket = held.hold_socket();
    ASSERT_NE(socket, INVALID_SOCKET);
    pair.client.reset();
    EXPECT_NE(fcntl(socket, F_GETFD), -1);
    backend::transport::let_go_of_socket(&held);
    EXPECT_EQ(fcntl(socket, F_GETFD), -1);
}

TEST(LinuxTransportSocket, LettingGoRacesWithTheDisconnect)
{
    for (int round = 0; round < 200; ++round) {
        const connected_pair pair;
        backend::transport& held = inside(pair.client);
        const std::size_t before = open_handles();
        ASSERT_NE(held.hold_socket(), INVALID_SOCKET);
        starting_line line(2);
        background other([&] {
            line.arrive_and_wait();
            backend::transport::let_go_of_socket(&held);
        });
        line.arrive_and_wait();
        socket_transport_disconnect(pair.client.get());
        ASSERT_TRUE(other.finished());
        EXPECT_EQ(open_handles(), before - 1);
    }
}

TEST(LinuxTransportSocket, WithoutDescriptorsAnAcceptSaysSoAndTheListenerGoesOn)
{
    const listening_transport listener;
    const owned_transport client = new_client();
    ASSERT_EQ(socket_transport_connect(client.get(), "127.0.0.1", listener.port, long_time_ms), 0);
    rlimit old{};
    ASSERT_EQ(getrlimit(RLIMIT_NOFILE, &old), 0);
    // As many as are open: with a limit of 0 the system would not even poll one.
    const int lowest_free = dup(STDERR_FILENO);
    ASSERT_GT(lowest_free, 0);
    ASSERT_EQ(close(lowest_free), 0);
    const rlimit none{static_cast<rlim_t>(lowest_free), old.rlim_max};
    SOCKET_TRANSPORT_HANDLE accepted = nullptr;
    ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &none), 0);
    const SOCKET_ACCEPT_RESULT result = socket_transport_accept(listener.server.get(), &accepted, 50);
    ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &old), 0);
    EXPECT_EQ(result, SOCKET_ACCEPT_PORT_EXHAUSTION);
    EXPECT_EQ(accepted, nullptr);
    EXPECT_EQ(socket_transport_accept(listener.server.get(), &accepted, long_time_ms), SOCKET_ACCEPT_OK);
    const owned_transport owner(accepted);
}

} // namespace
