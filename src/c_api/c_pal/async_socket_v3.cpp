// The current generation: the connection arrives at open as a socket. Its create is the transport
// generation's.
#define ASYNC_SOCKET_API_VERSION 3
#include "c_pal/async_socket.h"

#include "c_api/c_pal/handles.hpp"

using namespace async_socket;

extern "C" int async_socket_open_async(ASYNC_SOCKET_HANDLE async_socket, SOCKET_HANDLE socket_handle,
                                       ON_ASYNC_SOCKET_OPEN_COMPLETE on_open_complete, void* on_open_complete_context)
{
    const backend::connection given{nullptr, socket_handle};
    return c_api::open(c_api::to_socket(async_socket), &given, on_open_complete, on_open_complete_context);
}
