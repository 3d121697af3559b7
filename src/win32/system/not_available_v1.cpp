// The same of the handle generation, where its signature is another one.
#define ASYNC_SOCKET_API_VERSION 1
#include "c_pal/async_socket.h"

#include "core/common/log.hpp"

extern "C" ASYNC_SOCKET_HANDLE async_socket_create_with_transport(EXECUTION_ENGINE_HANDLE, SOCKET_HANDLE,
                                                                  ON_ASYNC_SOCKET_SEND, void*, ON_ASYNC_SOCKET_RECV,
                                                                  void*)
{
    LOG_ERROR("async_socket_create_with_transport: not available on Windows");
    return nullptr; // 04_001
}
