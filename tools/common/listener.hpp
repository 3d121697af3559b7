// The socket that clients connect to.
#pragma once

#include <chrono>
#include <optional>
#include <stdexcept>

#include "c_pal/socket_transport.h"
#include "common/endpoint.hpp"
#include "common/system_socket.hpp"

namespace tools {

class listener {
public:
    // Throws std::runtime_error with the system's reason.
    explicit listener(const endpoint& address);
    ~listener() { close(); }
    listener(const listener&) = delete;
    listener& operator=(const listener&) = delete;

    // With the port that the system chose.
    [[nodiscard]] endpoint address() const { return system_socket::local_address(*socket_); }

    // The next connection, if one comes in time; the caller destroys it.
    SOCKET_TRANSPORT_HANDLE accept(std::chrono::milliseconds timeout);

    // Connections that nobody accepted are refused.
    void close();

private:
    std::optional<SOCKET_HANDLE> socket_;
};

} // namespace tools
