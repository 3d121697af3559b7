/* Asynchronous sends and receives on a connected TCP socket, reported by callback on the threads of
 * an execution engine.
 *
 * Every accepted send or receive ends in exactly one callback, every refused one in none. Closing
 * always ends, soon, from anywhere, whatever the peer does. All functions may be called from any thread
 * and from callbacks. A callback may block, and then blocks a thread of the engine; an exception that
 * leaves it ends the program. A close waits for callbacks: whoever calls it must not hold a lock that one
 * of them takes. In the child of a fork calls on what was created before fail or return
 * (c_pal/execution_engine.h).
 *
 * ASYNC_SOCKET_API_VERSION, defined before this header is included, chooses the generation of the
 * API for the including file; undefined means 2:
 *   1  handle     async_socket_create(engine, SOCKET_HANDLE), open without a connection; in all of its
 *                 states: whatever came in the course of it is there for code of each
 *   2  transport  the connection arrives at open, as a SOCKET_TRANSPORT_HANDLE
 *   3  current    the connection arrives at open, as a SOCKET_HANDLE
 * Files of different generations link into one program. Where two generations give one name two
 * signatures, the name is mapped to a symbol of its own (see the defines below); everything else,
 * close and destroy among it, is the same function for all.
 *
 * Requirements: docs/requirements/async_socket_win32.md, and linux.md beside it for what Linux adds.
 */
#ifdef C_PAL_ASYNC_SOCKET_H
#if defined(ASYNC_SOCKET_API_VERSION) && ASYNC_SOCKET_API_VERSION != C_PAL_ASYNC_SOCKET_GENERATION
#error "c_pal/async_socket.h was included before with another ASYNC_SOCKET_API_VERSION"
#endif
#else
#define C_PAL_ASYNC_SOCKET_H

#include <stddef.h>
#include <stdint.h>

#include "c_pal/execution_engine.h"
#include "c_pal/macro_fallbacks.h"
#include "c_pal/socket_handle.h"
#include "c_pal/socket_transport.h"

#ifndef ASYNC_SOCKET_API_VERSION
#define ASYNC_SOCKET_API_VERSION 2
#endif

#if ASYNC_SOCKET_API_VERSION != 1 && ASYNC_SOCKET_API_VERSION != 2 && ASYNC_SOCKET_API_VERSION != 3
#error "ASYNC_SOCKET_API_VERSION must be 1 (handle), 2 (transport) or 3 (current)"
#endif

#if ASYNC_SOCKET_API_VERSION == 1
#define C_PAL_ASYNC_SOCKET_GENERATION 1
#define async_socket_create async_socket_create_v1
#define async_socket_create_with_transport async_socket_create_with_transport_v1
#define async_socket_open_async async_socket_open_async_v1
#define MU_ASYNC_SOCKET_SEND_SYNC_RESULT_ToString MU_ASYNC_SOCKET_SEND_SYNC_RESULT_ToString_v1
#define ASYNC_SOCKET_SEND_SYNC_RESULT_FromString ASYNC_SOCKET_SEND_SYNC_RESULT_FromString_v1
#elif ASYNC_SOCKET_API_VERSION == 3
#define C_PAL_ASYNC_SOCKET_GENERATION 3
#define async_socket_open_async async_socket_open_async_v3
#else
#define C_PAL_ASYNC_SOCKET_GENERATION 2
#endif

#ifdef __cplusplus
extern "C" {
#endif

#if ASYNC_SOCKET_API_VERSION == 1
typedef struct ASYNC_SOCKET* ASYNC_SOCKET_HANDLE;
#else
typedef struct ASYNC_SOCKET_TAG* ASYNC_SOCKET_HANDLE;
#endif

#define ASYNC_SOCKET_OPEN_RESULT_VALUES ASYNC_SOCKET_OPEN_OK, ASYNC_SOCKET_OPEN_ERROR

MU_DEFINE_ENUM(ASYNC_SOCKET_OPEN_RESULT, ASYNC_SOCKET_OPEN_RESULT_VALUES)

/* The third value has one number, and was renamed while the handle generation lasted. Code of that
 * generation may use either name; as a string it has the first. */
#if ASYNC_SOCKET_API_VERSION == 1
#define ASYNC_SOCKET_SEND_SYNC_RESULT_VALUES \
    ASYNC_SOCKET_SEND_SYNC_OK, ASYNC_SOCKET_SEND_SYNC_ERROR, ASYNC_SOCKET_SEND_SYNC_ABANDONED
#define ASYNC_SOCKET_SEND_SYNC_NOT_OPEN ASYNC_SOCKET_SEND_SYNC_ABANDONED
#else
#define ASYNC_SOCKET_SEND_SYNC_RESULT_VALUES \
    ASYNC_SOCKET_SEND_SYNC_OK, ASYNC_SOCKET_SEND_SYNC_ERROR, ASYNC_SOCKET_SEND_SYNC_NOT_OPEN
#endif

MU_DEFINE_ENUM(ASYNC_SOCKET_SEND_SYNC_RESULT, ASYNC_SOCKET_SEND_SYNC_RESULT_VALUES)

#define ASYNC_SOCKET_SEND_RESULT_VALUES ASYNC_SOCKET_SEND_OK, ASYNC_SOCKET_SEND_ERROR, ASYNC_SOCKET_SEND_ABANDONED

MU_DEFINE_ENUM(ASYNC_SOCKET_SEND_RESULT, ASYNC_SOCKET_SEND_RESULT_VALUES)

#define ASYNC_SOCKET_RECEIVE_RESULT_VALUES \
    ASYNC_SOCKET_RECEIVE_OK, ASYNC_SOCKET_RECEIVE_ERROR, ASYNC_SOCKET_RECEIVE_ABANDONED

MU_DEFINE_ENUM(ASYNC_SOCKET_RECEIVE_RESULT, ASYNC_SOCKET_RECEIVE_RESULT_VALUES)

typedef void (*ON_ASYNC_SOCKET_OPEN_COMPLETE)(void* context, ASYNC_SOCKET_OPEN_RESULT open_result);
typedef void (*ON_ASYNC_SOCKET_SEND_COMPLETE)(void* context, ASYNC_SOCKET_SEND_RESULT send_result);
typedef void (*ON_ASYNC_SOCKET_RECEIVE_COMPLETE)(void* context, ASYNC_SOCKET_RECEIVE_RESULT receive_result,
                                                 uint32_t bytes_received);

/* One piece of memory for scatter/gather: length bytes at buffer. */
typedef struct ASYNC_SOCKET_BUFFER_TAG {
    void* buffer;
    uint32_t length;
} ASYNC_SOCKET_BUFFER;

#define ASYNC_SOCKET_NOTIFY_IO_TYPE_VALUES ASYNC_SOCKET_NOTIFY_IO_TYPE_IN, ASYNC_SOCKET_NOTIFY_IO_TYPE_OUT

MU_DEFINE_ENUM(ASYNC_SOCKET_NOTIFY_IO_TYPE, ASYNC_SOCKET_NOTIFY_IO_TYPE_VALUES)

#define ASYNC_SOCKET_NOTIFY_IO_RESULT_VALUES                                                                      \
    ASYNC_SOCKET_NOTIFY_IO_RESULT_IN, ASYNC_SOCKET_NOTIFY_IO_RESULT_OUT, ASYNC_SOCKET_NOTIFY_IO_RESULT_ABANDONED, \
        ASYNC_SOCKET_NOTIFY_IO_RESULT_ERROR

MU_DEFINE_ENUM(ASYNC_SOCKET_NOTIFY_IO_RESULT, ASYNC_SOCKET_NOTIFY_IO_RESULT_VALUES)

typedef void (*ON_ASYNC_SOCKET_NOTIFY_IO_COMPLETE)(void* context, ASYNC_SOCKET_NOTIFY_IO_RESULT notify_io_result);
typedef int (*ON_ASYNC_SOCKET_SEND)(void* context, ASYNC_SOCKET_HANDLE async_socket, const void* buf, size_t len);
typedef int (*ON_ASYNC_SOCKET_RECV)(void* context, ASYNC_SOCKET_HANDLE async_socket, void* buf, size_t len);

/* async_socket_create: a new, closed async socket that holds a reference to execution_engine. NULL
 * for a NULL engine or when memory is out. Free it with async_socket_destroy.
 * Version 1: also adopts the connected socket_handle, which close or destroy closes; an invalid
 * handle is refused, and after a refusal the handle is still the caller's.
 * Requirements: 01_001, 01_002, 01_003, 01_034 (version 1), 01_035, 42_004. */
#if ASYNC_SOCKET_API_VERSION == 1
MOCKABLE_FUNCTION(, ASYNC_SOCKET_HANDLE, async_socket_create, EXECUTION_ENGINE_HANDLE, execution_engine, SOCKET_HANDLE,
                  socket_handle);
#else
MOCKABLE_FUNCTION(, ASYNC_SOCKET_HANDLE, async_socket_create, EXECUTION_ENGINE_HANDLE, execution_engine);
#endif

/* async_socket_create_with_transport: a new, closed async socket, as async_socket_create, whose bytes go
 * through the caller's functions in the place of the system's send and recv; encryption, for example. Both
 * return the number of bytes moved, at most len, or -1 with errno: EAGAIN or EWOULDBLOCK means later, when the
 * socket is ready again. An on_recv of 0 bytes is the end of the stream. They run on threads of the engine, one
 * at a time in each direction, and must not block; the socket is made non-blocking at open. They may close or
 * destroy the async socket.
 * NULL for a NULL engine or function, or when memory is out (version 1: also for an invalid handle). Not
 * available on Windows: returns NULL there.
 * Requirements: 04_001; LINUX_10_001 to LINUX_10_008. */
#if ASYNC_SOCKET_API_VERSION == 1
MOCKABLE_FUNCTION(, ASYNC_SOCKET_HANDLE, async_socket_create_with_transport, EXECUTION_ENGINE_HANDLE, execution_engine,
                  SOCKET_HANDLE, socket_handle, ON_ASYNC_SOCKET_SEND, on_send, void*, on_send_context,
                  ON_ASYNC_SOCKET_RECV, on_recv, void*, on_recv_context);
#else
MOCKABLE_FUNCTION(, ASYNC_SOCKET_HANDLE, async_socket_create_with_transport, EXECUTION_ENGINE_HANDLE, execution_engine,
                  ON_ASYNC_SOCKET_SEND, on_send, void*, on_send_context, ON_ASYNC_SOCKET_RECV, on_recv, void*,
                  on_recv_context);
#endif

/* Closes the async socket if it is open, waits for calls and callbacks that are still inside, gives
 * the engine reference back and frees it. May be called from one of its own callbacks. The last call
 * on the handle. NULL: returns at once.
 * Requirements: 01_004, 01_005, 01_006, 01_093, 42_005, 42_007 (version 1). */
MOCKABLE_FUNCTION(, void, async_socket_destroy, ASYNC_SOCKET_HANDLE, async_socket);

/* async_socket_open_async: takes a connected connection into use. On success calls on_open_complete
 * with ASYNC_SOCKET_OPEN_OK before it returns 0; the socket is open by then, and receive, send, close
 * and destroy work inside that callback. Otherwise returns non-zero, calls nothing, stays closed, and
 * the connection is still the caller's (version 1: still the async socket's).
 * Version 2: async_socket_close will disconnect socket_transport, the caller frees it with
 * socket_transport_destroy. Version 3: async_socket_close will close socket_handle.
 * Refused: NULL handle, connection or on_open_complete; not closed; a connection that is closed or
 * already bound to a pool; on Windows a socket that is no byte stream. A closed async socket can be opened
 * again with a fresh connection (version 1: cannot be opened again, 42_008).
 * Requirements: 01_007 to 01_009, 01_014 to 01_017, 01_023, 01_034, 01_036, 01_039, 01_058, 01_094. */
#if ASYNC_SOCKET_API_VERSION == 1
MOCKABLE_FUNCTION(, int, async_socket_open_async, ASYNC_SOCKET_HANDLE, async_socket, ON_ASYNC_SOCKET_OPEN_COMPLETE,
                  on_open_complete, void*, on_open_complete_context);
#elif ASYNC_SOCKET_API_VERSION == 2
MOCKABLE_FUNCTION(, int, async_socket_open_async, ASYNC_SOCKET_HANDLE, async_socket, SOCKET_TRANSPORT_HANDLE,
                  socket_transport, ON_ASYNC_SOCKET_OPEN_COMPLETE, on_open_complete, void*, on_open_complete_context);
#else
MOCKABLE_FUNCTION(, int, async_socket_open_async, ASYNC_SOCKET_HANDLE, async_socket, SOCKET_HANDLE, socket_handle,
                  ON_ASYNC_SOCKET_OPEN_COMPLETE, on_open_complete, void*, on_open_complete_context);
#endif

/* Refuses new calls, waits for the calls inside, ends what is pending, closes the connection and
 * waits for the callbacks; then the async socket is closed. Pending receives end with
 * ASYNC_SOCKET_RECEIVE_ABANDONED and 0 bytes, pending sends with ASYNC_SOCKET_SEND_ERROR. Called in
 * one of its own callbacks it does not wait for that one, which goes on normally; after it returned,
 * no other callback of this async socket runs. Of two closes at once, one does the work and the other
 * returns at once. NULL, or not open: returns at once. It never waits for the peer: of SO_LINGER with a
 * time nothing is left, and the system goes on by itself with bytes that it has taken and not sent yet;
 * SO_LINGER with no time makes the end a reset, as always.
 * Requirements: 01_018 to 01_022, 01_040, 01_042, 01_059, 42_006 (version 1). */
MOCKABLE_FUNCTION(, void, async_socket_close, ASYNC_SOCKET_HANDLE, async_socket);

/* Sends all bytes of buffer_count pieces, in order; with several sends of one socket in flight the bytes go out in
 * the order of the calls, no send torn by another, but the callbacks may overlap and come in any order.
 * ASYNC_SOCKET_SEND_SYNC_OK: on_send_complete will be called once, on a thread of the engine, never inside this
 * call; until then the bytes (not the array of pieces) must stay.
 * ASYNC_SOCKET_SEND_SYNC_NOT_OPEN (version 1: _ABANDONED): not open, or the peer has reset the
 * connection. ASYNC_SOCKET_SEND_SYNC_ERROR: NULL handle, payload, callback or piece; no pieces, an
 * empty piece; more than UINT32_MAX bytes, or pieces whose description needs more than that; out of
 * memory; the system's refusal.
 * Requirements: 01_024 to 01_029, 01_045, 01_050, 01_053, 01_056, 01_057, 01_060 to 01_062, 01_065 to
 * 01_067, 01_085, 01_089, 01_090, 01_097, 01_100 to 01_103, 01_106, 42_002. */
MOCKABLE_FUNCTION(, ASYNC_SOCKET_SEND_SYNC_RESULT, async_socket_send_async, ASYNC_SOCKET_HANDLE, async_socket,
                  const ASYNC_SOCKET_BUFFER*, payload, uint32_t, buffer_count, ON_ASYNC_SOCKET_SEND_COMPLETE,
                  on_send_complete, void*, on_send_complete_context);

/* Receives the next bytes into the pieces, in order, and with several receives of one socket in flight their
 * callbacks may overlap, on several threads, and come out of the bytes' order (on Windows the last of a burst
 * may well be told first).
 * What is promised then: each receive has bytes that follow one another in the stream, each byte of the stream
 * goes to one receive, and in the order of the *calls* the receives have the stream. Whoever wants one callback
 * after the other starts the next receive in the callback of the last.
 * A receive ends with the first bytes that are there. 0: on_receive_complete will be called once, on a thread
 * of the engine, never inside this call; until then the memory (not the array of pieces) must stay.
 *   ASYNC_SOCKET_RECEIVE_OK         bytes_received bytes, at least one
 *   ASYNC_SOCKET_RECEIVE_ABANDONED  0 bytes: end of stream, reset by the peer, or closed here
 *   ASYNC_SOCKET_RECEIVE_ERROR      anything else
 * Non-zero: refused, for the reasons that async_socket_send_async gives, or not open.
 * Requirements: 01_054, 01_055, 01_069 to 01_071, 01_073 to 01_084, 01_086, 01_091, 01_092, 01_095,
 * 01_096, 01_098, 01_099, 01_103, 01_105, 42_001, 42_003. */
MOCKABLE_FUNCTION(, int, async_socket_receive_async, ASYNC_SOCKET_HANDLE, async_socket, ASYNC_SOCKET_BUFFER*, payload,
                  uint32_t, buffer_count, ON_ASYNC_SOCKET_RECEIVE_COMPLETE, on_receive_complete, void*,
                  on_receive_complete_context);

/* One callback, on a thread of the engine, never inside this call, when the socket is readable (IN; the end
 * of the stream is) or writable (OUT), ..._ABANDONED when it is closed, ..._ERROR on an error of the socket.
 * Non-zero: refused (NULL, another type, not open, out of memory). Not available on Windows: returns
 * non-zero there. Requirements: 04_002; LINUX_11_001 to LINUX_11_006. */
MOCKABLE_FUNCTION(, int, async_socket_notify_io_async, ASYNC_SOCKET_HANDLE, async_socket, ASYNC_SOCKET_NOTIFY_IO_TYPE,
                  io_type, ON_ASYNC_SOCKET_NOTIFY_IO_COMPLETE, on_notify_io_complete, void*,
                  on_notify_io_complete_context);

#ifdef __cplusplus
}
#endif

#endif /* C_PAL_ASYNC_SOCKET_H */
