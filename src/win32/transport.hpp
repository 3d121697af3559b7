// The socket behind a SOCKET_TRANSPORT_HANDLE. Its life is the same word as the async socket's:
// closed (created or disconnected), opening (connecting), open, closing.
#pragma once

#include "core/lifecycle.hpp"
#include "core/transport.hpp"
#include "win32/unique_handle.hpp"

namespace async_socket::backend {

class transport {
public:
    explicit transport(SOCKET_TYPE type) noexcept : type_(type) {}
    transport(const transport&) = delete;
    transport& operator=(const transport&) = delete;

    [[nodiscard]] SOCKET_TYPE type() const noexcept { return type_; }
    [[nodiscard]] core::lifecycle& life() noexcept { return life_; }

    // The two below belong to whoever opens the transport; others read them while inside and open.
    [[nodiscard]] win32::unique_socket& socket() noexcept { return socket_; }
    [[nodiscard]] win32::unique_event& connection_waits() noexcept { return connection_waits_; }
    [[nodiscard]] win32::unique_event& stop_waiting() noexcept { return stop_waiting_; }

    // Ends what is pending, waits for the calls inside, closes the socket.
    void disconnect() noexcept;

private:
    const SOCKET_TYPE type_;
    core::lifecycle life_;
    win32::unique_socket socket_;
    win32::unique_event connection_waits_; // listening: set by the system
    win32::unique_event stop_waiting_;     // listening: set by disconnect
};

} // namespace async_socket::backend
