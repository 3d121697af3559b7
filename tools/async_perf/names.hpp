// What the tests are called in what the program prints.
#pragma once

#include <string>

#include "async_socket/completion_mode.h"
#include "protocol.hpp"

namespace async_perf {

inline std::string name_of(kind test)
{
    return test == kind::throughput ? "throughput" : "ping_pong";
}

inline std::string name_of(ASYNC_SOCKET_COMPLETION_MODE mode)
{
    return mode == ASYNC_SOCKET_COMPLETION_FAST ? "fast" : "documented";
}

// Who sends.
inline std::string name_of(const request& asked)
{
    if (asked.test == kind::ping_pong) {
        return "both_send";
    }
    return asked.flow == direction::client_sends ? "client_sends" : "server_sends";
}

} // namespace async_perf
