// The connection-level socket behind c_pal/socket_transport.h. Implemented by the platform; the
// C API checks for NULL and bad arguments before it calls.
//
// Reference counted: the user's handle is one reference, a channel that is open on it another, so that
// the user may destroy the handle at any time, before the async socket is closed among others.
#pragma once

#include <cstdint>

#include "c_pal/socket_transport.h"

namespace async_socket::backend {

class transport;

[[nodiscard]] transport* transport_create(SOCKET_TYPE type) noexcept;
// Null, and the socket stays the caller's, for an invalid socket or when memory is out.
[[nodiscard]] transport* transport_adopt(SOCKET_HANDLE socket) noexcept;
// Disconnects, and gives the user's reference back.
void transport_destroy(transport* transport) noexcept;
void transport_add_reference(transport& transport) noexcept;
void transport_release(transport* transport) noexcept;
[[nodiscard]] SOCKET_TYPE transport_type(const transport& transport) noexcept;

[[nodiscard]] bool transport_connect(transport& transport, const char* host, std::uint16_t port,
                                     std::uint32_t timeout_ms) noexcept;
[[nodiscard]] bool transport_listen(transport& transport, std::uint16_t port) noexcept;
[[nodiscard]] SOCKET_ACCEPT_RESULT transport_accept(transport& transport, class transport** accepted,
                                                    std::uint32_t timeout_ms) noexcept;

[[nodiscard]] SOCKET_SEND_RESULT transport_send(transport& transport, const SOCKET_BUFFER* payload, std::uint32_t count,
                                                std::uint32_t* bytes_sent, std::uint32_t flags, void* data) noexcept;
[[nodiscard]] SOCKET_RECEIVE_RESULT transport_receive(transport& transport, SOCKET_BUFFER* payload, std::uint32_t count,
                                                      std::uint32_t* bytes_received, std::uint32_t flags,
                                                      void* data) noexcept;
void transport_disconnect(transport& transport) noexcept;

[[nodiscard]] SOCKET_HANDLE transport_socket(transport& transport) noexcept;
[[nodiscard]] bool transport_is_open(transport& transport) noexcept;

// `host_name` has room for MAX_GET_HOST_NAME_LEN bytes; *list comes from malloc.
[[nodiscard]] bool local_addresses(char* host_name, LOCAL_ADDRESS** list, std::uint32_t* count) noexcept;

} // namespace async_socket::backend
