// The handle generation's async_socket_create_with_transport: the socket is adopted at create.
#define ASYNC_SOCKET_API_VERSION 1
#include "c_pal/async_socket.h"

#include "c_api/linux/create_with_transport.hpp"
#include "core/common/log.hpp"

using namespace async_socket;

extern "C" ASYNC_SOCKET_HANDLE async_socket_create_with_transport(EXECUTION_ENGINE_HANDLE execution_engine,
                                                                  SOCKET_HANDLE socket_handle,
                                                                  ON_ASYNC_SOCKET_SEND on_send, void* on_send_context,
                                                                  ON_ASYNC_SOCKET_RECV on_recv, void* on_recv_context)
{
    const backend::connection adopted{nullptr, socket_handle};
    if (!backend::is_connection(adopted)) { // LINUX_10_008
        LOG_ERROR("async_socket_create_with_transport: socket_handle is invalid");
        return nullptr;
    }
    // The handle that the hooks get is the same pointer, whatever its type is called.
    const core::io_hooks hooks{reinterpret_cast<decltype(core::io_hooks::send)>(on_send), on_send_context,
                               reinterpret_cast<decltype(core::io_hooks::receive)>(on_recv), on_recv_context};
    return reinterpret_cast<ASYNC_SOCKET_HANDLE>(c_api::create_with_hooks(execution_engine, adopted, hooks));
}
