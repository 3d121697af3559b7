// The C API's opaque pointers are the core's objects; this is the only place that says so.
#pragma once

#include "c_pal/async_socket.h"
#include "core/engine/execution_engine.hpp"
#include "core/socket/socket.hpp"
#include "core/transport/transport.hpp"

namespace async_socket::c_api {

// `Handle`: the async socket handle, whose type is another one in the handle generation.
template <typename Handle>
[[nodiscard]] core::socket* to_socket(Handle handle) noexcept
{
    return reinterpret_cast<core::socket*>(handle);
}

template <typename Handle>
[[nodiscard]] Handle to_handle(core::socket* socket) noexcept
{
    return reinterpret_cast<Handle>(socket);
}

[[nodiscard]] inline core::execution_engine* to_engine(EXECUTION_ENGINE_HANDLE handle) noexcept
{
    return reinterpret_cast<core::execution_engine*>(handle);
}

[[nodiscard]] inline EXECUTION_ENGINE_HANDLE to_handle(core::execution_engine* engine) noexcept
{
    return reinterpret_cast<EXECUTION_ENGINE_HANDLE>(engine);
}

[[nodiscard]] inline core::transport* to_transport(SOCKET_TRANSPORT_HANDLE handle) noexcept
{
    return reinterpret_cast<core::transport*>(handle);
}

[[nodiscard]] inline SOCKET_TRANSPORT_HANDLE to_handle(core::transport* transport) noexcept
{
    return reinterpret_cast<SOCKET_TRANSPORT_HANDLE>(transport);
}

// What the creates and the opens of the generations share. `given`: null for the connection adopted
// at create.
[[nodiscard]] core::socket* create(EXECUTION_ENGINE_HANDLE engine, const backend::connection& adopted) noexcept;
[[nodiscard]] int open(core::socket* socket, const backend::connection* given,
                       ON_ASYNC_SOCKET_OPEN_COMPLETE on_complete, void* context) noexcept;

} // namespace async_socket::c_api
