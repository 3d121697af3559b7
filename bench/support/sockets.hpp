// Connections on loopback, the same for all implementations.
#pragma once

#include "support/native_socket.hpp"

namespace bench {

// Both ends of a connection, blocking, with TCP_NODELAY. The client's has SO_LINGER 0: its close is a reset, so
// no port is left in TIME_WAIT, and the server's end sees an error or the end of the stream, whichever way the
// implementation hears of it.
struct socket_pair {
    native_socket client = no_socket;
    native_socket server = no_socket;
};

// Listens on a port of its own.
class listener {
public:
    listener();
    ~listener();
    listener(const listener&) = delete;
    listener& operator=(const listener&) = delete;

    // Connects, then accepts, in the calling thread: on loopback the backlog completes the connection, so neither
    // call waits. One thread at a time.
    [[nodiscard]] socket_pair connect() const noexcept;

private:
    native_socket socket_;
    sockaddr_in address_{};
};

} // namespace bench
