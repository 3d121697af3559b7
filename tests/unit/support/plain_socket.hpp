// Sockets of the system for the transport's tests, and all else that they ask of it: what differs between
// platforms is behind this header.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "c_pal/socket_handle.h"
#include "c_pal/socket_transport.h"

namespace async_socket::test {

[[nodiscard]] SOCKET_HANDLE no_socket();
// All that can be told from a socket without asking the system.
[[nodiscard]] std::vector<SOCKET_HANDLE> invalid_handles();
void close_socket(SOCKET_HANDLE socket);

// Owns a socket.
class plain_socket {
public:
    plain_socket() = default;
    explicit plain_socket(SOCKET_HANDLE socket) : socket_(socket) {}
    ~plain_socket() { reset(); }
    plain_socket(plain_socket&& other) noexcept : socket_(other.release()) {}
    plain_socket& operator=(plain_socket&& other) noexcept
    {
        reset();
        socket_ = other.release();
        return *this;
    }

    [[nodiscard]] SOCKET_HANDLE get() const { return socket_; }
    [[nodiscard]] explicit operator bool() const { return socket_ != no_socket(); }
    [[nodiscard]] SOCKET_HANDLE release() { return std::exchange(socket_, no_socket()); }
    void reset()
    {
        if (*this) {
            close_socket(release());
        }
    }

private:
    SOCKET_HANDLE socket_ = no_socket();
};

enum class family { ipv4, ipv6 };

// Bound to 127.0.0.1 or ::1. port 0: the system's choice. Empty when it is taken.
[[nodiscard]] plain_socket bind_loopback(family which, std::uint16_t port = 0);
// The same, listening.
[[nodiscard]] plain_socket listen_loopback(family which, std::uint16_t port = 0, int backlog = 16);
// The next connection of a listening socket.
[[nodiscard]] plain_socket accept_plain(const plain_socket& listener);
// A socket that has begun to connect to 127.0.0.1 or ::1; and whether it was answered within half a second.
[[nodiscard]] plain_socket begin_to_connect(family which, std::uint16_t port);
[[nodiscard]] bool is_answered(const plain_socket& connecting);

// The port that a socket is bound to.
[[nodiscard]] std::uint16_t port_of(SOCKET_HANDLE socket);
// The family by which its peer is reached.
[[nodiscard]] family family_of(SOCKET_HANDLE socket);

// Child processes that are started with all that they can inherit have it too.
[[nodiscard]] bool is_inherited(SOCKET_HANDLE socket);

void shut_down_sending(SOCKET_HANDLE socket);
// SO_LINGER: how a close of the socket waits for what is unsent; 0 seconds make it a reset.
void linger_at_close(SOCKET_HANDLE socket, int seconds);
// A blocking receive will give up after so long.
void limit_receive_time(SOCKET_HANDLE socket, std::uint32_t timeout_ms);

[[nodiscard]] std::string host_name();
[[nodiscard]] bool is_numeric_address(ADDRESS_TYPE type, const char* text);

// What the system calls these errors.
struct error_codes {
    std::uint32_t not_connected;
    std::uint32_t reset;
    std::uint32_t timed_out;
    std::uint32_t shut_down;   // here, for sending
    std::uint32_t in_progress; // of an operation that is on its way
};
extern const error_codes errors;

// A receive with this flag leaves the bytes where they are.
extern const std::uint32_t peek_flag;

} // namespace async_socket::test
