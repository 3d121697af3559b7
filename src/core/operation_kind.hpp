// What an operation does. Each kind belongs to one direction of a connection; how a platform issues it is the
// platform's business.
#pragma once

#include <cstdint>

namespace async_socket::core {

enum class direction : std::uint8_t { send, receive };

enum class operation_kind : std::uint8_t {
    send,
    receive,
    readable, // ends when a receive would not have to wait; has no buffers
    writable, // the same for a send
    resolve,  // looks a name up; of an engine and of no connection (core/engine_operation.hpp)
    timer     // waits for a time; the same
};

// It belongs to an engine, not to a connection.
[[nodiscard]] constexpr bool is_of_engine(operation_kind kind) noexcept
{
    return kind == operation_kind::resolve || kind == operation_kind::timer;
}

[[nodiscard]] constexpr direction direction_of(operation_kind kind) noexcept
{
    return kind == operation_kind::send || kind == operation_kind::writable ? direction::send : direction::receive;
}

// The kind that moves bytes in this direction.
[[nodiscard]] constexpr operation_kind transfer_in(direction way) noexcept
{
    return way == direction::send ? operation_kind::send : operation_kind::receive;
}

// It moves no bytes.
[[nodiscard]] constexpr bool is_readiness(operation_kind kind) noexcept
{
    return kind == operation_kind::readable || kind == operation_kind::writable;
}

// For messages.
[[nodiscard]] constexpr const char* name_of(operation_kind kind) noexcept
{
    if (is_readiness(kind)) {
        return "readiness notice";
    }
    return kind == operation_kind::send ? "send" : "receive";
}

} // namespace async_socket::core
