// Sends and receives of the socket transport on Linux, beyond what every platform does (transport/).
#include <fcntl.h>
#include <sys/socket.h>

#include <cerrno>
#include <climits>
#include <csignal>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "support/loopback.hpp"
#include "support/waiting.hpp"

namespace {

using namespace async_socket;
using namespace async_socket::test;

SOCKET_BUFFER over(std::string& text)
{
    return {static_cast<std::uint32_t>(text.size()), reinterpret_cast<unsigned char*>(text.data())};
}

void make_non_blocking(const owned_transport& transport)
{
    const int socket = socket_of(transport);
    ASSERT_EQ(fcntl(socket, F_SETFL, fcntl(socket, F_GETFL) | O_NONBLOCK), 0);
}

void send_all(const owned_transport& from, std::string text)
{
    const SOCKET_BUFFER buffer = over(text);
    std::uint32_t sent = 0;
    ASSERT_EQ(socket_transport_send(from.get(), &buffer, 1, &sent, 0, nullptr), SOCKET_SEND_OK);
    EXPECT_EQ(sent, text.size());
}

// Until `size` bytes came.
std::string receive_all(const owned_transport& to, std::size_t size)
{
    std::string text(size, '\0');
    std::size_t done = 0;
    while (done < size) {
        SOCKET_BUFFER rest{static_cast<std::uint32_t>(size - done), reinterpret_cast<unsigned char*>(&text[done])};
        std::uint32_t received = 0;
        if (socket_transport_receive(to.get(), &rest, 1, &received, 0, nullptr) != SOCKET_RECEIVE_OK || received == 0) {
            break;
        }
        done += received;
    }
    text.resize(done);
    return text;
}

std::string long_text(std::size_t size, unsigned step)
{
    std::string text(size, '\0');
    for (std::size_t i = 0; i < size; ++i) {
        text[i] = static_cast<char>((i * step) >> 8U);
    }
    return text;
}

// An open async socket makes its descriptor non-blocking; the transport's own calls block all the same.
TEST(LinuxTransportData, BlocksOnANonBlockingDescriptor)
{
    const connected_pair pair;
    make_non_blocking(pair.client);
    make_non_blocking(pair.accepted);
    const std::string text = long_text(std::size_t{16} << 20U, 2654435761U);
    background sender([&] { send_all(pair.client, text); });
    EXPECT_TRUE(receive_all(pair.accepted, text.size()) == text);
    EXPECT_TRUE(sender.finished());
}

TEST(LinuxTransportData, DoesNotWaitWhenTheFlagsSayMsgDontwait)
{
    const connected_pair pair;
    std::string text(1U << 20U, 'x');
    SOCKET_BUFFER buffer = over(text);
    std::uint32_t count = 77;
    EXPECT_EQ(socket_transport_receive(pair.client.get(), &buffer, 1, &count, MSG_DONTWAIT, nullptr),
              SOCKET_RECEIVE_WOULD_BLOCK);
    EXPECT_EQ(count, 0U);
    EXPECT_EQ(errno, EAGAIN);
    std::uint32_t total = 0;
    SOCKET_SEND_RESULT result = SOCKET_SEND_OK;
    while ((result = socket_transport_send(pair.client.get(), &buffer, 1, &count, MSG_DONTWAIT, nullptr)) ==
           SOCKET_SEND_OK) {
        EXPECT_GE(count, 1U);
        total += count;
    }
    EXPECT_EQ(result, SOCKET_SEND_FAILED);
    EXPECT_EQ(errno, EAGAIN);
    EXPECT_EQ(receive_all(pair.accepted, total), std::string(total, 'x'));
}

// A second one neither waits for the first nor mixes with it.
TEST(LinuxTransportData, ASendThatMustNotWaitDoesNotWaitForAnotherEither)
{
    const connected_pair pair;
    const std::string text(std::size_t{64} << 20U, 'a');
    background sender([&] {
        const SOCKET_BUFFER buffer{static_cast<std::uint32_t>(text.size()),
                                   reinterpret_cast<unsigned char*>(const_cast<char*>(text.data()))};
        EXPECT_EQ(socket_transport_send(pair.client.get(), &buffer, 1, nullptr, 0, nullptr), SOCKET_SEND_FAILED);
        EXPECT_EQ(errno, ECANCELED);
    });
    EXPECT_EQ(receive_all(pair.accepted, 1), "a"); // it has begun
    std::string other = "b";
    const SOCKET_BUFFER buffer = over(other);
    EXPECT_EQ(socket_transport_send(pair.client.get(), &buffer, 1, nullptr, MSG_DONTWAIT, nullptr), SOCKET_SEND_FAILED);
    EXPECT_EQ(errno, EAGAIN);
    socket_transport_disconnect(pair.client.get());
    EXPECT_TRUE(sender.finished());
}

TEST(LinuxTransportData, TwoBlockingSendsDoNotMix)
{
    const connected_pair pair;
    const std::size_t size = std::size_t{8} << 20U;
    background first([&] { send_all(pair.client, std::string(size, 'a')); });
    background second([&] { send_all(pair.client, std::string(size, 'b')); });
    const std::string all = receive_all(pair.accepted, 2 * size);
    ASSERT_EQ(all.size(), 2 * size);
    EXPECT_EQ(all.find_first_not_of(all[0]), size);
    EXPECT_EQ(all.find_first_not_of(all[size], size), std::string::npos);
}

TEST(LinuxTransportData, MorePiecesThanASystemCallTakes)
{
    constexpr std::size_t pieces = 3 * IOV_MAX + 5;
    const connected_pair pair;
    std::string out = long_text(7 * pieces, 40503U);
    std::vector<SOCKET_BUFFER> gathered;
    for (std::size_t i = 0; i < pieces; ++i) {
        auto* const begin = reinterpret_cast<unsigned char*>(&out[7 * i]);
        gathered.push_back({3, begin});
        gathered.push_back({0, nullptr}); // does no harm
        gathered.push_back({4, begin + 3});
    }
    const auto count = static_cast<std::uint32_t>(gathered.size());
    std::uint32_t sent = 0;
    background sender([&] {
        EXPECT_EQ(socket_transport_send(pair.client.get(), gathered.data(), count, &sent, 0, nullptr), SOCKET_SEND_OK);
    });
    EXPECT_TRUE(receive_all(pair.accepted, out.size()) == out);
    ASSERT_TRUE(sender.finished());
    EXPECT_EQ(sent, out.size());

    // The other way: what comes fills the pieces in order, and the first may be empty ones.
    send_all(pair.accepted, out.substr(0, 100));
    std::string in(100, '.');
    std::vector<SOCKET_BUFFER> scattered(IOV_MAX + 1, SOCKET_BUFFER{0, nullptr});
    for (char& place : in) {
        scattered.push_back({1, reinterpret_cast<unsigned char*>(&place)});
    }
    std::uint32_t received = 0;
    ASSERT_EQ(socket_transport_receive(pair.client.get(), scattered.data(),
                                       static_cast<std::uint32_t>(scattered.size()), &received, 0, nullptr),
              SOCKET_RECEIVE_OK);
    ASSERT_GE(received, 1U);
    EXPECT_EQ(in.substr(0, received), out.substr(0, received));
}

TEST(LinuxTransportData, WhatItCannotDoIsRefused)
{
    const connected_pair pair;
    unsigned char byte = 0;
    SOCKET_BUFFER buffer{1, &byte};
    EXPECT_EQ(socket_transport_receive(pair.client.get(), &buffer, 1, nullptr, MSG_WAITALL, nullptr),
              SOCKET_RECEIVE_ERROR);
    EXPECT_EQ(errno, EOPNOTSUPP);
    SOCKET_BUFFER no_room{0, &byte};
    EXPECT_EQ(socket_transport_receive(pair.client.get(), &no_room, 1, nullptr, 0, nullptr), SOCKET_RECEIVE_ERROR);
    EXPECT_EQ(errno, EINVAL);
    const SOCKET_BUFFER too_much[]{{UINT32_MAX, &byte}, {1, &byte}};
    EXPECT_EQ(socket_transport_send(pair.client.get(), too_much, 2, nullptr, 0, nullptr), SOCKET_SEND_FAILED);
    EXPECT_EQ(errno, EMSGSIZE);
}

TEST(LinuxTransportData, ABrokenConnectionDoesNotRaiseASignal)
{
    connected_pair pair;
    linger_at_close(socket_of(pair.accepted), 0);
    pair.accepted.reset();
    std::string text = "x";
    const SOCKET_BUFFER buffer = over(text);
    // SIGPIPE would end the program.
    ASSERT_EQ(signal(SIGPIPE, SIG_DFL), SIG_DFL);
    EXPECT_TRUE(wait_until([&] {
        return socket_transport_send(pair.client.get(), &buffer, 1, nullptr, 0, nullptr) == SOCKET_SEND_FAILED &&
               errno == EPIPE;
    }));
}

TEST(LinuxTransportData, SignalsDoNotEndABlockedCall)
{
    struct sigaction old = {};
    struct sigaction interrupt = {};
    interrupt.sa_handler = [](int) {};
    ASSERT_EQ(sigaction(SIGUSR1, &interrupt, &old), 0); // without SA_RESTART
    const connected_pair pair;
    const std::string text = long_text(std::size_t{8} << 20U, 40503U);
    event begun;
    pthread_t thread{};
    {
        background receiver([&] {
            thread = pthread_self();
            begun.set();
            EXPECT_TRUE(receive_all(pair.accepted, text.size()) == text);
        });
        ASSERT_TRUE(begun.wait());
        for (std::size_t done = 0; done < text.size(); done += text.size() / 64) {
            EXPECT_EQ(pthread_kill(thread, SIGUSR1), 0);
            send_all(pair.client, text.substr(done, text.size() / 64));
        }
        EXPECT_TRUE(receiver.finished());
    }
    ASSERT_EQ(sigaction(SIGUSR1, &old, nullptr), 0);
}

} // namespace
