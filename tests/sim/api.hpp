// The public C API of all three generations at once. The header declares one generation for each file,
// so the symbols of the other two, which are C functions of their own, are named here.
#pragma once

#include <winsock2.h>

#include "async_socket/completion_mode.h"
#include "async_socket/log.h"
#include "c_pal/async_socket.h"
#include "c_pal/execution_engine.h"
#include "c_pal/socket_transport.h"

extern "C" ASYNC_SOCKET_HANDLE async_socket_create_v1(EXECUTION_ENGINE_HANDLE engine, SOCKET_HANDLE socket);
extern "C" ASYNC_SOCKET_HANDLE async_socket_create_with_transport_v1(EXECUTION_ENGINE_HANDLE engine,
                                                                     SOCKET_HANDLE socket, ON_ASYNC_SOCKET_SEND on_send,
                                                                     void* send_context, ON_ASYNC_SOCKET_RECV on_recv,
                                                                     void* recv_context);
extern "C" int async_socket_open_async_v1(ASYNC_SOCKET_HANDLE handle, ON_ASYNC_SOCKET_OPEN_COMPLETE on_complete,
                                          void* context);
extern "C" int async_socket_open_async_v3(ASYNC_SOCKET_HANDLE handle, SOCKET_HANDLE socket,
                                          ON_ASYNC_SOCKET_OPEN_COMPLETE on_complete, void* context);

namespace sim {

inline const auto no_socket = reinterpret_cast<SOCKET_HANDLE>(INVALID_SOCKET);

enum class generation : std::uint8_t { handle = 1, transport = 2, current = 3 };

} // namespace sim
