// The socket behind a SOCKET_TRANSPORT_HANDLE. Its life is the same word as the async socket's: closed (created or
// disconnected), opening (connecting), open, closing. The C API checks for NULL and bad arguments before it calls.
//
// Reference counted: the user's handle is one reference, a channel that is open on it another, so that the user may
// destroy the handle at any time, before the async socket is closed among others.
//
// A platform derives from it what it has beside that (system_calls.hpp).
#pragma once

#include <atomic>
#include <cstdint>

#include "c_pal/socket_transport.h"
#include "core/common/shortage.hpp"
#include "core/life/lifecycle.hpp"
#include "core/transport/stop_signal.hpp"
#include "core/transport/system_calls.hpp"

namespace async_socket::core {

class transport {
public:
    [[nodiscard]] static transport* create(SOCKET_TYPE type) noexcept;
    // Null, and the socket stays the caller's, for an invalid socket or when memory is out.
    [[nodiscard]] static transport* adopt(SOCKET_HANDLE socket) noexcept;
    // Disconnects, and gives the user's reference back.
    static void destroy(transport* transport) noexcept;

    transport(const transport&) = delete;
    transport& operator=(const transport&) = delete;

    [[nodiscard]] SOCKET_TYPE type() const noexcept { return type_; }
    [[nodiscard]] bool is_open() const noexcept { return life_.is_open(); }
    // As of this instant; an invalid one if it is not open.
    [[nodiscard]] SOCKET_HANDLE handle() noexcept;

    // c_pal/socket_transport.h
    [[nodiscard]] bool connect(const char* host, std::uint16_t port, std::uint32_t timeout_ms) noexcept;
    [[nodiscard]] bool listen(std::uint16_t port) noexcept;
    [[nodiscard]] SOCKET_ACCEPT_RESULT accept(transport** accepted, std::uint32_t timeout_ms) noexcept;
    [[nodiscard]] SOCKET_SEND_RESULT send(const SOCKET_BUFFER* payload, std::uint32_t count, std::uint32_t* bytes_sent,
                                          std::uint32_t flags, void* data) noexcept;
    [[nodiscard]] SOCKET_RECEIVE_RESULT receive(SOCKET_BUFFER* payload, std::uint32_t count,
                                                std::uint32_t* bytes_received, std::uint32_t flags,
                                                void* data) noexcept;
    // Ends a connect, too, but does not wait for that.
    void disconnect() noexcept;

    void add_reference() noexcept { references_.fetch_add(1, std::memory_order_relaxed); }
    static void release(transport* transport) noexcept;

    // ---- for the platform

    [[nodiscard]] lifecycle& life() noexcept { return life_; }
    // For calls that are inside and open, and for whoever ends it.
    [[nodiscard]] backend::unique_socket& socket() noexcept { return socket_; }

protected:
    explicit transport(SOCKET_TYPE type) noexcept : type_(type) {}
    ~transport() = default;

private:
    // As the lifecycle's, but false also while a channel is open on the transport: its operations are bound to the
    // socket that it had when the channel was opened.
    [[nodiscard]] bool begin_open() noexcept;
    // Opens with this socket, or goes back to closed if there is none. True if it is open.
    bool end_open(backend::unique_socket socket) noexcept;

    // An accept has failed for good.
    [[nodiscard]] SOCKET_ACCEPT_RESULT give_up(backend::accept_problem problem, std::uint32_t code) noexcept;
    // Until there may be room for the connection that waits, or a disconnect comes.
    void wait_for_room(std::uint32_t timeout_ms) noexcept;

    const SOCKET_TYPE type_;
    std::atomic<std::uint32_t> references_{1};
    lifecycle life_;
    stop_signal stop_;                          // of a connect
    shortage shortage_;                         // of what an accept needs
    std::atomic<std::uint32_t> disconnects_{0}; // so far
    backend::unique_socket socket_;
};

} // namespace async_socket::core
