// How an operation ended, in words of our own. The platform translates the system's codes into this
// once, at its edge; nothing above it knows a system code other than to print it.
#pragma once

#include <cstdint>

namespace async_socket::core {

enum class ending : std::uint8_t {
    success,      // `bytes` were transferred; 0 bytes of a receive is the end of the stream
    cancelled,    // the system gave the operation back before it was done
    disconnected, // the connection is gone: reset by the peer, or closed on this side
    failed        // anything else
};

struct outcome {
    ending how;
    std::uint64_t bytes; // full width: compared before anything narrows it
    std::uint32_t code;  // the system's code, for messages only
};

// What became of the attempt to start an operation.
enum class start_result : std::uint8_t {
    started,  // the operation will end exactly once; it is no longer the caller's
    not_open, // refused: there is no connection (any more)
    refused   // refused: the system said no
};

} // namespace async_socket::core
