// The handle generation: the socket is adopted at create.
#define ASYNC_SOCKET_API_VERSION 1
#include "c_pal/async_socket.h"

#include "c_api/c_pal/handles.hpp"
#include "core/common/log.hpp"

using namespace async_socket;

extern "C" ASYNC_SOCKET_HANDLE async_socket_create(EXECUTION_ENGINE_HANDLE execution_engine,
                                                   SOCKET_HANDLE socket_handle)
{
    const backend::connection adopted{nullptr, socket_handle};
    if (!backend::is_connection(adopted)) { // 01_034
        LOG_ERROR("async_socket_create: socket_handle is invalid");
        return nullptr;
    }
    return c_api::to_handle<ASYNC_SOCKET_HANDLE>(c_api::create(execution_engine, adopted));
}

extern "C" int async_socket_open_async(ASYNC_SOCKET_HANDLE async_socket, ON_ASYNC_SOCKET_OPEN_COMPLETE on_open_complete,
                                       void* on_open_complete_context)
{
    return c_api::open(c_api::to_socket(async_socket), nullptr, on_open_complete, on_open_complete_context);
}
