// The connection under a channel: a socket transport (transport generation) or a plain socket
// (handle and current generation).
#pragma once

#include <optional>

#include "core/life/lifecycle.hpp"
#include "core/platform/backend.hpp"
#include "win32/transport/transport.hpp"

namespace async_socket::win32 {

[[nodiscard]] inline backend::transport& transport_of(const backend::connection& connection) noexcept
{
    return backend::transport::of(*reinterpret_cast<core::transport*>(connection.transport));
}

// Keeps a transport's memory as long as a channel uses it; nothing to do for a plain socket.
void hold(const backend::connection& connection) noexcept;
void let_go(const backend::connection& connection) noexcept;
// From now on, until it is let go, whoever ends the connection asks what the system still has.
void ask_when_closing(const backend::connection& connection, const pending_question& question) noexcept;

// The socket, for as long as this lives: until then a transport's is not closed, and its number not
// given to another socket.
class socket_use {
public:
    explicit socket_use(const backend::connection& connection) noexcept;

    // INVALID_SOCKET for a transport that is not open.
    [[nodiscard]] SOCKET socket() const noexcept { return socket_; }

private:
    std::optional<core::lifecycle::visit> visit_;
    SOCKET socket_;
};

// What the system says that a socket is; nothing of it if the system does not say. One question, since on Wine each
// is a way to its server.
struct socket_nature {
    DWORD error = NO_ERROR; // why it does not
    bool is_stream = false; // of bytes
    // Its handle is the system's own. That of a layered provider may not be, and then a completion that is skipped may
    // be lost (FILE_SKIP_COMPLETION_PORT_ON_SUCCESS).
    bool has_system_handle = false;
};
[[nodiscard]] socket_nature nature_of(SOCKET socket) noexcept;

// Ends what the system has of a plain socket, unless that is nothing (`is_idle`).
void end_pending(const backend::connection& connection, bool is_idle, const pending_question& question) noexcept;
// What whoever closes knows of a plain socket.
struct known_state {
    bool is_idle = false;  // the system has nothing of it
    bool is_reset = false; // by the peer: no close of it lingers, and none has to ask, which is slow on Wine
};
// As end_pending, and closes; also a transport, which others may use.
void close(const backend::connection& connection, known_state state, const pending_question& question) noexcept;

} // namespace async_socket::win32
