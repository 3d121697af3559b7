// The transport generation: the connection arrives at open as a socket transport.
#define ASYNC_SOCKET_API_VERSION 2
#include "c_pal/async_socket.h"

#include "c_api/c_pal/handles.hpp"

using namespace async_socket;

extern "C" ASYNC_SOCKET_HANDLE async_socket_create(EXECUTION_ENGINE_HANDLE execution_engine)
{
    return c_api::to_handle<ASYNC_SOCKET_HANDLE>(c_api::create(execution_engine, backend::no_connection()));
}

extern "C" int async_socket_open_async(ASYNC_SOCKET_HANDLE async_socket, SOCKET_TRANSPORT_HANDLE socket_transport,
                                       ON_ASYNC_SOCKET_OPEN_COMPLETE on_open_complete, void* on_open_complete_context)
{
    backend::connection given = backend::no_connection();
    given.transport = socket_transport;
    return c_api::open(c_api::to_socket(async_socket), &given, on_open_complete, on_open_complete_context);
}
