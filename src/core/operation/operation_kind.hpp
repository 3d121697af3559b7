// What an operation does. Each kind belongs to one direction of a connection; how a platform issues it is the
// platform's business.
#pragma once

#include <cstdint>

namespace async_socket::core {

enum class direction : std::uint8_t { send = 0, receive = 1 };

// Sends are even and receives odd: the direction is asked several times for each operation.
enum class operation_kind : std::uint8_t {
    send = 0,
    receive = 1,         // ends with the first bytes that are there
    send_some = 2,       // ends with the first bytes that the system takes
    receive_exactly = 3, // with all its bytes, or the end of the stream
    shut_down_send = 4,  // ends the stream to the peer, behind the sends before it; has no buffers
    readable = 5,        // ends when a receive would not have to wait; has no buffers
    writable = 6,        // the same for a send
    accept = 7,          // takes the next connection from a listener's doors
    connect = 8,         // ends when the connection that is being made is there; a stream's first
    resolve,             // looks a name up; of an engine and of no connection (core/engine/engine_operation.hpp)
    timer,               // waits for a time; the same
    connect_by_name,     // looks a name up, and connects to one of its addresses; the same
    drain                // ends a stream so that what was sent arrives; of an engine, since the stream goes before it
};

// It belongs to an engine, not to a connection.
[[nodiscard]] constexpr bool is_of_engine(operation_kind kind) noexcept
{
    return kind >= operation_kind::resolve; // those at the end
}

// Of one that belongs to a connection.
[[nodiscard]] constexpr direction direction_of(operation_kind kind) noexcept
{
    return static_cast<direction>(static_cast<std::uint8_t>(kind) % 2);
}

// The kind that moves bytes in this direction.
[[nodiscard]] constexpr operation_kind transfer_in(direction way) noexcept
{
    return way == direction::send ? operation_kind::send : operation_kind::receive;
}

// It has buffers, whose bytes are moved.
[[nodiscard]] constexpr bool is_transfer(operation_kind kind) noexcept
{
    return kind <= operation_kind::receive_exactly; // those at the beginning
}

// It moves no bytes.
[[nodiscard]] constexpr bool is_readiness(operation_kind kind) noexcept
{
    return kind == operation_kind::readable || kind == operation_kind::writable;
}

// It ends with a connection. Where bytes are counted, that is one of one.
[[nodiscard]] constexpr bool makes_connection(operation_kind kind) noexcept
{
    return kind == operation_kind::accept || kind == operation_kind::connect;
}

// Of one that belongs to a connection: which is there before it is started.
[[nodiscard]] constexpr bool has_a_connection(operation_kind kind) noexcept
{
    return kind < operation_kind::accept; // the others come behind
}

// For messages.
[[nodiscard]] constexpr const char* name_of(operation_kind kind) noexcept
{
    switch (kind) {
    case operation_kind::readable:
    case operation_kind::writable:
        return "readiness notice";
    case operation_kind::shut_down_send:
        return "shutdown";
    case operation_kind::accept:
        return "wait for a connection";
    case operation_kind::connect:
        return "connect";
    default:
        return direction_of(kind) == direction::send ? "send" : "receive";
    }
}

} // namespace async_socket::core
