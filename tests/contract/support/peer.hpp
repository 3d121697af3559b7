// The other end of the connection under test: a plain blocking socket of the system, so that nothing
// of the library stands on both sides. All that differs between platforms in the contract suite is behind
// this.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "c_pal/socket_handle.h"

namespace contract {

using bytes = std::vector<unsigned char>;

constexpr std::size_t kib = 1024;
constexpr std::size_t mib = 1024 * kib;

// `size` bytes that are the same for the same seed and differ at every place.
[[nodiscard]] bytes pattern(std::size_t size, std::uint32_t seed = 1);

class peer {
public:
    peer() = default;
    explicit peer(SOCKET_HANDLE socket) : socket_(socket), open_(true) {}
    ~peer() { close(); }
    peer(peer&& other) noexcept : socket_(other.socket_), open_(std::exchange(other.open_, false)) {}
    peer& operator=(peer&& other) noexcept;
    peer(const peer&) = delete;

    // All of it; false if the connection did not take it.
    bool send(const void* data, std::size_t size);
    bool send(const bytes& data) { return send(data.data(), data.size()); }
    // Up to `size` bytes; fewer only at the end of the stream or on an error.
    [[nodiscard]] bytes receive(std::size_t size);
    // Everything until the end of the stream.
    [[nodiscard]] bytes receive_to_end();
    // True if the next thing that comes is the end of the stream; false for bytes or a reset.
    [[nodiscard]] bool sees_end();
    // The same, or a reset.
    [[nodiscard]] bool sees_end_or_reset();
    // True if the next thing that comes is a reset.
    [[nodiscard]] bool sees_reset();

    void shut_down_sending() const;
    // Ends the connection so that the other side sees a reset.
    void reset();
    void close();

    // The socket, which the caller closes from now on.
    [[nodiscard]] SOCKET_HANDLE release();
    // See the function of the same name below.
    void limit_buffers(int size) const;

private:
    // One system call each: bytes sent or received, 0 at the end, -1 on an error (reset).
    int send_some(const void* data, std::size_t size) const;
    int receive_some(void* data, std::size_t size) const;

    SOCKET_HANDLE socket_{};
    bool open_ = false;
};

struct loopback_pair {
    SOCKET_HANDLE near_end; // for the library; a plain handle that nobody owns yet
    peer far_end;
};

// A fresh TCP connection over 127.0.0.1. Throws std::runtime_error if the system has none to give.
[[nodiscard]] loopback_pair connect_pair();
// The same with two UDP sockets, for errors that a stream does not have.
[[nodiscard]] loopback_pair connect_datagram_pair();

// To the address that a system's structure says (as_address_system). Throws std::runtime_error if it is refused.
[[nodiscard]] peer connect_to(const void* address, std::size_t size);

// A plain socket that listens at 127.0.0.1, on a port of the system's choice.
class plain_listener {
public:
    // With room for about so many connections that nobody has accepted; -1: it is bound only, and refuses them.
    explicit plain_listener(int backlog = 100);
    ~plain_listener();
    plain_listener(const plain_listener&) = delete;
    plain_listener& operator=(const plain_listener&) = delete;

    [[nodiscard]] std::uint16_t port() const { return port_; }
    [[nodiscard]] peer accept() const;

private:
    SOCKET_HANDLE socket_;
    std::uint16_t port_ = 0;
};

void close_socket(SOCKET_HANDLE socket);
void close_with_reset(SOCKET_HANDLE socket);
[[nodiscard]] SOCKET_HANDLE invalid_socket();
// All that can be told from a socket without asking the system.
[[nodiscard]] std::vector<SOCKET_HANDLE> invalid_sockets();

// Small kernel buffers in both directions, so that little is taken from a sender.
void limit_buffers(SOCKET_HANDLE socket, int size);

// SO_LINGER: how a close of the socket waits for what is unsent; 0 seconds make it a reset.
void linger_at_close(SOCKET_HANDLE socket, int seconds);

// What happens to the library's end behind its back.
void shut_down_sending(SOCKET_HANDLE socket);
void shut_down_receiving(SOCKET_HANDLE socket);
// What receives see after that: they are refused, or find the end of the stream.
[[nodiscard]] bool shut_down_receives_are_refused();
// True where the library has addresses of this machine alone (AF_UNIX).
[[nodiscard]] bool has_local_addresses();
// True where sockets have a user timeout and a low-water mark, and tell what the peer has not acknowledged.
[[nodiscard]] bool has_linux_options();
// Wine shuts down what it closes before a reset goes out: a peer finds the end of the stream, and that it cannot send.
[[nodiscard]] bool resets_look_like_ends();
// The system ends whatever is pending on the socket; where it cannot, it interrupts all that waits.
void cancel_pending(SOCKET_HANDLE socket);

// The last error of this thread, and what a reset connection leaves there.
[[nodiscard]] int last_error();
void set_last_error(int code);
[[nodiscard]] int reset_error();

// `size` bytes of memory; touching the byte behind them ends the process. Never freed.
[[nodiscard]] void* memory_before_a_gap(std::size_t size);

// True if ASYNC_SOCKET_TEST_MODE is `fast`: the whole suite runs in each completion mode of the platform.
[[nodiscard]] bool is_fast_run();
// False if this process may not have so many open.
[[nodiscard]] bool may_have_handles(std::size_t count);
// What the system may still create once and keep, when a lock or a thread is met for the first time.
// Tests that look for leaks repeat what they do more often than that.
constexpr std::size_t late_handles = 4;

} // namespace contract
