// What the sides of a round trip stand on.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>

constexpr std::uint32_t message_size = 64;

inline void require(bool is_so, const char* what)
{
    if (!is_so) {
        (void)std::fprintf(stderr, "round_trips: %s failed\n", what);
        std::exit(EXIT_FAILURE);
    }
}

// Both ends of a connection.
struct connection {
    int client;
    int server;
};

[[nodiscard]] inline connection connect_to_itself()
{
    const int listener = ::socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    auto* const generic = reinterpret_cast<sockaddr*>(&address);
    require(::bind(listener, generic, size) == 0 && ::listen(listener, 1) == 0, "listen");
    require(::getsockname(listener, generic, &size) == 0, "getsockname");
    const connection made{::socket(AF_INET, SOCK_STREAM, 0), -1};
    require(::connect(made.client, generic, size) == 0, "connect");
    const int server = ::accept(listener, nullptr, nullptr);
    require(server >= 0, "accept");
    (void)::close(listener);
    const int on = 1;
    for (const int each : {made.client, server}) {
        require(::setsockopt(each, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on) == 0, "TCP_NODELAY");
    }
    return {made.client, server};
}
