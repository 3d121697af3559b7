/* umock_c makes a parameter's name part of the interface: mocks of the public functions are set up with
 * names such as ValidateArgumentBuffer(payload, ...). So each function has its parameters under the names
 * and in the order that are listed here. This file is C and C++, is compiled for every
 * ASYNC_SOCKET_API_VERSION, and only with stand_in/with_recorded_calls on the include path. */
#ifdef _WIN32
#include "c_pal/execution_engine_win32.h"
#else
#include "c_pal/execution_engine_linux.h"
#endif

#include <assert.h>
#include <stddef.h>

#include "async_socket/completion_mode.h"
#include "async_socket/engine_end.h"
#include "c_pal/async_socket.h"
#include "c_pal/execution_engine.h"
#include "c_pal/socket_transport.h"

/* Through one more expansion, since some names stand for others. */
#define COUNT(function, count) COUNT_(function, count)
#define COUNT_(function, count) static_assert(function##_PARAMETER_COUNT == (count), #function)
#define PLACE(function, parameter) PLACE_(function, parameter)
#define PLACE_(function, parameter) offsetof(function##_CALL, parameter)
#define FIRST(function, parameter) static_assert(PLACE(function, parameter) == 0, #parameter)
#define NEXT(function, before, parameter) \
    static_assert(PLACE(function, before) < PLACE(function, parameter), #parameter)

#define NAMES_0(function) COUNT(function, 0)
#define NAMES_1(function, a) \
    COUNT(function, 1);      \
    FIRST(function, a)
#define NAMES_2(function, a, b) \
    COUNT(function, 2);         \
    FIRST(function, a);         \
    NEXT(function, a, b)
#define NAMES_3(function, a, b, c) \
    COUNT(function, 3);            \
    FIRST(function, a);            \
    NEXT(function, a, b);          \
    NEXT(function, b, c)
#define NAMES_4(function, a, b, c, d) \
    COUNT(function, 4);               \
    FIRST(function, a);               \
    NEXT(function, a, b);             \
    NEXT(function, b, c);             \
    NEXT(function, c, d)
#define NAMES_5(function, a, b, c, d, e) \
    COUNT(function, 5);                  \
    FIRST(function, a);                  \
    NEXT(function, a, b);                \
    NEXT(function, b, c);                \
    NEXT(function, c, d);                \
    NEXT(function, d, e)
#define NAMES_6(function, a, b, c, d, e, f) \
    COUNT(function, 6);                     \
    FIRST(function, a);                     \
    NEXT(function, a, b);                   \
    NEXT(function, b, c);                   \
    NEXT(function, c, d);                   \
    NEXT(function, d, e);                   \
    NEXT(function, e, f)

NAMES_1(execution_engine_create, execution_engine_parameters);
NAMES_1(execution_engine_inc_ref, execution_engine);
NAMES_1(execution_engine_dec_ref, execution_engine);
#ifdef _WIN32
NAMES_1(execution_engine_win32_get_threadpool, execution_engine);
#else
NAMES_1(execution_engine_linux_get_parameters, execution_engine);
#endif

NAMES_0(socket_transport_create_client);
NAMES_0(socket_transport_create_server);
NAMES_1(socket_transport_create_from_socket, socket_handle);
NAMES_1(socket_transport_destroy, socket_transport);
NAMES_4(socket_transport_connect, socket_transport, hostname, port, connection_timeout_ms);
NAMES_2(socket_transport_listen, socket_transport, port);
NAMES_3(socket_transport_accept, socket_transport, accepted_socket, connection_timeout_ms);
NAMES_6(socket_transport_send, socket_transport, payload, buffer_count, bytes_sent, flags, data);
NAMES_6(socket_transport_receive, socket_transport, payload, buffer_count, bytes_recv, flags, data);
NAMES_1(socket_transport_disconnect, socket_transport);
NAMES_1(socket_transport_get_underlying_socket, socket_transport);
NAMES_1(socket_transport_is_valid_socket, socket_transport_handle); /* the one that c-pal names otherwise */
NAMES_4(socket_transport_get_local_address, socket_transport, hostname, local_address_list, address_count);

#if ASYNC_SOCKET_API_VERSION == 1
NAMES_2(async_socket_create, execution_engine, socket_handle);
NAMES_6(async_socket_create_with_transport, execution_engine, socket_handle, on_send, on_send_context, on_recv,
        on_recv_context);
NAMES_3(async_socket_open_async, async_socket, on_open_complete, on_open_complete_context);
#else
NAMES_1(async_socket_create, execution_engine);
NAMES_5(async_socket_create_with_transport, execution_engine, on_send, on_send_context, on_recv, on_recv_context);
#if ASYNC_SOCKET_API_VERSION == 3
NAMES_4(async_socket_open_async, async_socket, socket_handle, on_open_complete, on_open_complete_context);
#else
NAMES_4(async_socket_open_async, async_socket, socket_transport, on_open_complete, on_open_complete_context);
#endif
#endif
NAMES_4(async_socket_notify_io_async, async_socket, io_type, on_notify_io_complete, on_notify_io_complete_context);
NAMES_1(async_socket_destroy, async_socket);
NAMES_1(async_socket_close, async_socket);
NAMES_5(async_socket_send_async, async_socket, payload, buffer_count, on_send_complete, on_send_complete_context);
NAMES_5(async_socket_receive_async, async_socket, payload, buffer_count, on_receive_complete,
        on_receive_complete_context);
NAMES_2(async_socket_set_completion_mode, async_socket, completion_mode);
NAMES_1(execution_engine_dec_ref_and_wait, execution_engine);
