// The opaque pointers of the library's own interface are the core's objects; this is the only place that says so.
#pragma once

#include "async_socket/listener.h"
#include "async_socket/stream.h"
#include "core/engine/execution_engine.hpp"
#include "core/socket/socket.hpp"

namespace async_socket::c_api {

[[nodiscard]] inline core::execution_engine* to_engine(const as_engine* engine) noexcept
{
    return reinterpret_cast<core::execution_engine*>(const_cast<as_engine*>(engine));
}

[[nodiscard]] inline as_engine* to_public(core::execution_engine* engine) noexcept
{
    return reinterpret_cast<as_engine*>(engine);
}

[[nodiscard]] inline core::socket* to_socket(as_stream* stream) noexcept
{
    return reinterpret_cast<core::socket*>(stream);
}

[[nodiscard]] inline as_stream* to_public(core::socket* socket) noexcept
{
    return reinterpret_cast<as_stream*>(socket);
}

// Where a stream is written that an operation ends with.
[[nodiscard]] inline core::socket*& to_socket_in(as_stream*& stream) noexcept
{
    return reinterpret_cast<core::socket*&>(stream);
}

[[nodiscard]] inline core::socket* to_socket(as_listener* listener) noexcept
{
    return reinterpret_cast<core::socket*>(listener);
}

[[nodiscard]] inline as_listener* to_public_listener(core::socket* socket) noexcept
{
    return reinterpret_cast<as_listener*>(socket);
}

} // namespace async_socket::c_api
