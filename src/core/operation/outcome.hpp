// How an operation ended, in words of our own. The platform translates the system's codes into this
// once, at its edge; nothing above it knows a system code other than to print it.
#pragma once

#include <cstdint>

#include "async_socket/outcome.h"

namespace async_socket::core {

// The numbers are those that the user is told.
enum class ending : std::uint8_t {
    done = AS_DONE,                   // all that was asked for: of a send all bytes, of a receive the first there were
    end_of_stream = AS_END_OF_STREAM, // of a receive: the peer sends nothing any more
    reset = AS_RESET,                 // by the peer, or by what is between
    closed_here = AS_CLOSED_HERE,     // the connection was ended on this side, or there was none
    cancelled = AS_CANCELLED,         // given back before it was done
    timed_out = AS_TIMED_OUT,         // the system gave up waiting for the peer
    refused = AS_REFUSED,             // nobody listens there
    unreachable = AS_UNREACHABLE,     // no way to the peer
    no_such_name = AS_NO_SUCH_NAME,   // nobody knows a host or service of that name
    no_room = AS_NO_ROOM,             // memory, buffers, descriptors or threads are out
    not_available = AS_NOT_AVAILABLE, // the system, or this library on it, has no such thing
    invalid = AS_INVALID,             // the call made no sense, and nothing was done
    failed = AS_FAILED                // anything else
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

static_assert(sizeof(as_outcome) == 16);

// The same as the user is told.
[[nodiscard]] constexpr as_outcome told(const outcome& outcome) noexcept
{
    return {outcome.bytes, static_cast<std::uint32_t>(outcome.how), outcome.code};
}
// Of a call that moves no bytes, and of whose failure the system has said nothing.
[[nodiscard]] constexpr as_outcome told(ending how) noexcept
{
    return told(outcome{how, 0, 0});
}

[[nodiscard]] constexpr outcome understood(const as_outcome& told) noexcept
{
    return {static_cast<ending>(told.how), told.bytes, told.code};
}

// Why something was not done that was asked for; or that it was, or will end in a callback.
struct refusal {
    ending how = ending::done; // done: there is none
    std::uint32_t code = 0;    // as an outcome's

    [[nodiscard]] constexpr bool is_none() const noexcept { return how == ending::done; }
    friend constexpr bool operator==(const refusal&, const refusal&) noexcept = default;
};

[[nodiscard]] constexpr as_outcome told(const refusal& refused) noexcept
{
    return told(outcome{refused.how, 0, refused.code});
}

} // namespace async_socket::core
