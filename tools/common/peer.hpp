// One end of a connection: a socket transport and the async socket that is opened on it.
// Owns both.
#pragma once

#include <cstddef>
#include <span>

#define ASYNC_SOCKET_API_VERSION 2
#include "async_socket/completion_mode.h"
#include "c_pal/async_socket.h"

namespace tools {

class peer {
public:
    // Takes the transport over; it need not be connected yet.
    explicit peer(SOCKET_TRANSPORT_HANDLE transport) noexcept : transport_(transport) {}
    ~peer();
    peer(const peer&) = delete;
    peer& operator=(const peer&) = delete;

    [[nodiscard]] SOCKET_TRANSPORT_HANDLE transport() const noexcept { return transport_; }

    // Makes the connected transport ready for receive and send.
    bool open(EXECUTION_ENGINE_HANDLE engine, ASYNC_SOCKET_COMPLETION_MODE mode = ASYNC_SOCKET_COMPLETION_DOCUMENTED);

    // False: refused, and the callback will not come. The bytes are not changed by a send.
    bool receive(std::span<std::byte> room, ON_ASYNC_SOCKET_RECEIVE_COMPLETE on_complete, void* context);
    bool send(std::span<const std::byte> bytes, ON_ASYNC_SOCKET_SEND_COMPLETE on_complete, void* context);

    // Ends what is pending and closes the connection. May be called from a callback of the peer.
    void close() noexcept;

    // The plain socket, for the calls of system_socket. Only while nobody can be closing the peer:
    // the system may give the same number to the next connection.
    [[nodiscard]] SOCKET_HANDLE socket() const noexcept;

private:
    SOCKET_TRANSPORT_HANDLE transport_;
    ASYNC_SOCKET_HANDLE async_socket_ = nullptr;
};

} // namespace tools
