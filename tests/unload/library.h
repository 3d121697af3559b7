/* The functions of the library that a round uses, wherever they come from: linked into a plug-in, or looked up in the
 * DLL. Plain C and Windows only, since nothing else is to be loaded or unloaded with the module under test. */
#ifndef ASYNC_SOCKET_TESTS_UNLOAD_LIBRARY_H
#define ASYNC_SOCKET_TESTS_UNLOAD_LIBRARY_H

#include <winsock2.h>

#include <windows.h>

#include "async_socket/completion_mode.h"
#include "async_socket/engine_end.h"
#include "c_pal/async_socket.h"
#include "c_pal/execution_engine.h"

struct library {
    EXECUTION_ENGINE_HANDLE (*engine_create)(const EXECUTION_ENGINE_PARAMETERS*);
    void (*engine_dec_ref)(EXECUTION_ENGINE_HANDLE);
    EXECUTION_ENGINE_END_RESULT (*engine_dec_ref_and_wait)(EXECUTION_ENGINE_HANDLE);
    ASYNC_SOCKET_HANDLE (*create)(EXECUTION_ENGINE_HANDLE);
    int (*set_completion_mode)(ASYNC_SOCKET_HANDLE, ASYNC_SOCKET_COMPLETION_MODE);
    int (*open_async)(ASYNC_SOCKET_HANDLE, SOCKET_HANDLE, ON_ASYNC_SOCKET_OPEN_COMPLETE, void*);
    void (*destroy)(ASYNC_SOCKET_HANDLE);
    ASYNC_SOCKET_SEND_SYNC_RESULT(*send_async)
    (ASYNC_SOCKET_HANDLE, const ASYNC_SOCKET_BUFFER*, uint32_t, ON_ASYNC_SOCKET_SEND_COMPLETE, void*);
    int (*receive_async)(ASYNC_SOCKET_HANDLE, ASYNC_SOCKET_BUFFER*, uint32_t, ON_ASYNC_SOCKET_RECEIVE_COMPLETE, void*);
};

/* How the use of the library ends. */
enum ending {
    ends_in_callback, /* the callback destroys the socket and the engine, says so, and takes its time */
    ends_and_waits,   /* the callback destroys the socket, the caller waits for the engine's end */
    ends_outside      /* fast mode: all has happened, the caller destroys both */
};

/* One use of the library, from the engine's creation to its end. 0: all went well. When it returns, a callback may be
 * still on its way out only if it ends_in_callback. */
int use_once(const struct library* functions, enum ending how);

/* A pair of connected sockets. 0: done. */
int connect_two(SOCKET* first, SOCKET* second);

#endif
