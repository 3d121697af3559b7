// The few calls that c_pal has no function for. The only part of the tools that differs from system
// to system. None of them blocks, except wait_for_connection.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

#include "c_pal/socket_handle.h"
#include "common/endpoint.hpp"

namespace tools::system_socket {

// Once, before anything else. False if the system has no sockets to give.
bool start();

// A listening socket that does not block, owned by the caller; or what the system says against it.
struct listen_result {
    std::optional<SOCKET_HANDLE> socket;
    std::string error;
};
listen_result listen(const endpoint& address);

// The numeric address that a socket is bound to.
endpoint local_address(SOCKET_HANDLE socket);

// The numeric address that a connected socket is connected to.
endpoint peer_address(SOCKET_HANDLE socket);

// True when a connection may be there to be accepted.
bool wait_for_connection(SOCKET_HANDLE listener, std::chrono::milliseconds timeout);

enum class accept_error { none_there, system };
struct accept_result {
    std::optional<SOCKET_HANDLE> socket; // blocking, owned by the caller
    accept_error error = accept_error::none_there;
};
accept_result accept(SOCKET_HANDLE listener);

void close(SOCKET_HANDLE socket);

// Small messages leave at once: to collect them is the sender's business.
void send_without_delay(SOCKET_HANDLE socket);

// Half-close: the peer reads the end of the stream after all bytes. False if the connection is gone.
bool end_sending(SOCKET_HANDLE socket);

} // namespace tools::system_socket
