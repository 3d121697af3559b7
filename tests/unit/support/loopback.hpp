// Transports on the loopback interface.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>

#include "c_pal/socket_transport.h"
#include "support/plain_socket.hpp"

namespace async_socket::test {

constexpr std::uint32_t long_time_ms = 30000; // turns a hang into a failure

// Owns a transport handle.
class owned_transport {
public:
    owned_transport() = default;
    explicit owned_transport(SOCKET_TRANSPORT_HANDLE handle) : handle_(handle) {}
    ~owned_transport() { reset(); }
    owned_transport(owned_transport&& other) noexcept : handle_(std::exchange(other.handle_, nullptr)) {}
    owned_transport& operator=(owned_transport&& other) noexcept
    {
        reset();
        handle_ = std::exchange(other.handle_, nullptr);
        return *this;
    }

    [[nodiscard]] SOCKET_TRANSPORT_HANDLE get() const { return handle_; }
    void reset() { socket_transport_destroy(std::exchange(handle_, nullptr)); }

private:
    SOCKET_TRANSPORT_HANDLE handle_ = nullptr;
};

[[nodiscard]] owned_transport new_client();
[[nodiscard]] owned_transport new_server();
[[nodiscard]] SOCKET_HANDLE socket_of(const owned_transport& transport);

// A server transport that listens on a port of the system's choice.
struct listening_transport {
    listening_transport();
    owned_transport server;
    std::uint16_t port = 0;
};

// Two ends of one connection. Empty when it could not be made, which has failed the test then.
struct connected_pair {
    connected_pair();
    owned_transport client;
    owned_transport accepted;
};

// `text`, to be sent or overwritten.
[[nodiscard]] SOCKET_BUFFER buffer_over(std::string& text);
// Both block; what goes wrong fails the test.
void send_text(const owned_transport& from, std::string text);
[[nodiscard]] std::string receive_text(const owned_transport& to, std::size_t length);

// A listening socket that answers nobody any more: its queue of connections is full.
class silent_listener {
public:
    explicit silent_listener(family which, std::uint16_t port = 0);
    [[nodiscard]] std::uint16_t port() const { return port_; }

private:
    static constexpr int most_fillers = 8;
    plain_socket listener_;
    plain_socket fillers_[most_fillers];
    std::uint16_t port_ = 0;
};

} // namespace async_socket::test
