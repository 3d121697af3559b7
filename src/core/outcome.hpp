// How an operation ended, in words of our own. The platform translates the system's codes into this
// once, at its edge; nothing above it knows a system code other than to print it.
#pragma once

#include <cstdint>

namespace async_socket::core {

// In the order, and so with the numbers, of as_how (c_api/outcome.hpp).
enum class ending : std::uint8_t {
    done,          // all that was asked for: of a send all bytes, of a receive the first that were there
    end_of_stream, // of a receive: the peer sends nothing any more
    reset,         // by the peer, or by what is between
    closed_here,   // the connection was ended on this side, or there was none
    cancelled,     // given back before it was done
    timed_out,     // the system gave up waiting for the peer
    refused,       // nobody listens there
    unreachable,   // no way to the peer
    no_such_name,  // nobody knows a host or service of that name
    no_room,       // memory, buffers, descriptors or threads are out
    not_available, // the system, or this library on it, has no such thing
    invalid,       // the call made no sense, and nothing was done
    failed         // anything else
};

// The connection, or its direction, has ended as connections do: no reason for a warning.
[[nodiscard]] constexpr bool is_end_of_connection(ending how) noexcept
{
    return how == ending::end_of_stream || how == ending::reset || how == ending::closed_here;
}

struct outcome {
    ending how;
    std::uint64_t bytes; // that were moved, however it ended; full width: compared before anything narrows it
    std::uint32_t code;  // the system's, for messages only; 0 if it has none
};

// What became of the attempt to start an operation.
enum class start_result : std::uint8_t {
    started,  // the operation will end exactly once; it is no longer the caller's
    not_open, // refused: there is no connection (any more)
    refused   // refused: the system said no
};

} // namespace async_socket::core
