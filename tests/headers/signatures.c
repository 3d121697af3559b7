/* The public types and functions, compared at compile time with the requirement documents. This file
 * is C and C++, and is compiled for every ASYNC_SOCKET_API_VERSION. Linked into a program it also
 * shows that every function exists. */
#ifdef _WIN32
#include "c_pal/execution_engine_win32.h"
#else
#include "c_pal/execution_engine_linux.h"
#endif

#include <assert.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "async_socket/completion_mode.h"
#include "async_socket/engine_end.h"
#include "async_socket/log.h"
#include "c_pal/async_socket.h"
#include "c_pal/execution_engine.h"
#include "c_pal/socket_handle.h"
#include "c_pal/socket_transport.h"

#define NUMBER(constant, number) static_assert((int)(constant) == (number), #constant)
/* A member's place and, with the zero-or-pointer trick of sizeof, its size. */
#define MEMBER(type, member, place, size)                                \
    static_assert(offsetof(type, member) == (place), #type "." #member); \
    static_assert(sizeof(((type*)0)->member) == (size), #type "." #member)

/* --- enums: the first constant is T_INVALID, 0; the others follow in the documents' order --- */

/* Ours; the default is what memory of zeros says. */
NUMBER(ASYNC_SOCKET_COMPLETION_DOCUMENTED, 0);
NUMBER(ASYNC_SOCKET_COMPLETION_FAST, 1);

NUMBER(ASYNC_SOCKET_OPEN_RESULT_INVALID, 0);
NUMBER(ASYNC_SOCKET_OPEN_OK, 1);
NUMBER(ASYNC_SOCKET_OPEN_ERROR, 2);

NUMBER(ASYNC_SOCKET_SEND_SYNC_RESULT_INVALID, 0);
NUMBER(ASYNC_SOCKET_SEND_SYNC_OK, 1);
NUMBER(ASYNC_SOCKET_SEND_SYNC_ERROR, 2);
NUMBER(ASYNC_SOCKET_SEND_SYNC_NOT_OPEN, 3);
#if ASYNC_SOCKET_API_VERSION == 1
NUMBER(ASYNC_SOCKET_SEND_SYNC_ABANDONED, 3);
#endif

NUMBER(ASYNC_SOCKET_SEND_RESULT_INVALID, 0);
NUMBER(ASYNC_SOCKET_SEND_OK, 1);
NUMBER(ASYNC_SOCKET_SEND_ERROR, 2);
NUMBER(ASYNC_SOCKET_SEND_ABANDONED, 3);

NUMBER(ASYNC_SOCKET_RECEIVE_RESULT_INVALID, 0);
NUMBER(ASYNC_SOCKET_RECEIVE_OK, 1);
NUMBER(ASYNC_SOCKET_RECEIVE_ERROR, 2);
NUMBER(ASYNC_SOCKET_RECEIVE_ABANDONED, 3);

NUMBER(ASYNC_SOCKET_NOTIFY_IO_TYPE_INVALID, 0);
NUMBER(ASYNC_SOCKET_NOTIFY_IO_TYPE_IN, 1);
NUMBER(ASYNC_SOCKET_NOTIFY_IO_TYPE_OUT, 2);

NUMBER(ASYNC_SOCKET_NOTIFY_IO_RESULT_INVALID, 0);
NUMBER(ASYNC_SOCKET_NOTIFY_IO_RESULT_IN, 1);
NUMBER(ASYNC_SOCKET_NOTIFY_IO_RESULT_OUT, 2);
NUMBER(ASYNC_SOCKET_NOTIFY_IO_RESULT_ABANDONED, 3);
NUMBER(ASYNC_SOCKET_NOTIFY_IO_RESULT_ERROR, 4);

NUMBER(SOCKET_SEND_RESULT_INVALID, 0);
NUMBER(SOCKET_SEND_INVALID_ARG, 1);
NUMBER(SOCKET_SEND_OK, 2);
NUMBER(SOCKET_SEND_ERROR, 3);
NUMBER(SOCKET_SEND_FAILED, 4);
NUMBER(SOCKET_SEND_SHUTDOWN, 5);

NUMBER(SOCKET_RECEIVE_RESULT_INVALID, 0);
NUMBER(SOCKET_RECEIVE_INVALID_ARG, 1);
NUMBER(SOCKET_RECEIVE_OK, 2);
NUMBER(SOCKET_RECEIVE_WOULD_BLOCK, 3);
NUMBER(SOCKET_RECEIVE_ERROR, 4);
NUMBER(SOCKET_RECEIVE_SHUTDOWN, 5);

NUMBER(SOCKET_ACCEPT_RESULT_INVALID, 0);
NUMBER(SOCKET_ACCEPT_OK, 1);
NUMBER(SOCKET_ACCEPT_ERROR, 2);
NUMBER(SOCKET_ACCEPT_PORT_EXHAUSTION, 3);
NUMBER(SOCKET_ACCEPT_INPROGRESS, 4);
NUMBER(SOCKET_ACCEPT_NO_CONNECTION, 5);

NUMBER(SOCKET_TYPE_INVALID, 0);
NUMBER(SOCKET_BINDING, 1);
NUMBER(SOCKET_CLIENT, 2);

NUMBER(ADDRESS_TYPE_INVALID, 0);
NUMBER(ADDRESS_INET, 1);
NUMBER(ADDRESS_INET_6, 2);
NUMBER(ADDRESS_NETBIOS, 3);

NUMBER(DEFAULT_MIN_THREAD_COUNT, 4);
NUMBER(DEFAULT_MAX_THREAD_COUNT, 0);
NUMBER(MAX_GET_HOST_NAME_LEN, 256);
NUMBER(MAX_LOCAL_ADDRESS_LEN, 22);

/* --- structs --- */

MEMBER(ASYNC_SOCKET_BUFFER, buffer, 0, sizeof(void*));
MEMBER(ASYNC_SOCKET_BUFFER, length, sizeof(void*), sizeof(uint32_t));
static_assert(sizeof(ASYNC_SOCKET_BUFFER) == 2 * sizeof(void*), "ASYNC_SOCKET_BUFFER");

MEMBER(SOCKET_BUFFER, length, 0, sizeof(uint32_t));
MEMBER(SOCKET_BUFFER, buffer, sizeof(void*), sizeof(unsigned char*));
static_assert(sizeof(SOCKET_BUFFER) == 2 * sizeof(void*), "SOCKET_BUFFER");

MEMBER(LOCAL_ADDRESS, address_type, 0, sizeof(ADDRESS_TYPE));
MEMBER(LOCAL_ADDRESS, address, sizeof(ADDRESS_TYPE), 22);

MEMBER(EXECUTION_ENGINE_PARAMETERS, min_thread_count, 0, sizeof(uint32_t));
MEMBER(EXECUTION_ENGINE_PARAMETERS, max_thread_count, sizeof(uint32_t), sizeof(uint32_t));
static_assert(sizeof(EXECUTION_ENGINE_PARAMETERS) == 2 * sizeof(uint32_t), "EXECUTION_ENGINE_PARAMETERS");
static_assert(sizeof(EXECUTION_ENGINE_PARAMETERS_WIN32) == sizeof(EXECUTION_ENGINE_PARAMETERS), "the older name");

#ifdef _WIN32
MEMBER(SOCKET_BUFFER, length, offsetof(WSABUF, len), sizeof(((WSABUF*)0)->len));
MEMBER(SOCKET_BUFFER, buffer, offsetof(WSABUF, buf), sizeof(((WSABUF*)0)->buf));
static_assert(sizeof(SOCKET_BUFFER) == sizeof(WSABUF), "SOCKET_BUFFER is a WSABUF");
static_assert(sizeof(SOCKET_HANDLE) == sizeof(SOCKET), "SOCKET_HANDLE holds a SOCKET");
#else
NUMBER(INVALID_SOCKET, -1);
#endif

/* c-pal's tests make the names of their comparisons of it. */
enum { compared_as_void_ptr, compared_as_int };
#define COMPARED_AS_(type) compared_as_##type
#define COMPARED_AS(type) COMPARED_AS_(type)
#ifdef _WIN32
NUMBER(COMPARED_AS(SOCKET_ASSERT_TYPE), compared_as_void_ptr);
#else
NUMBER(COMPARED_AS(SOCKET_ASSERT_TYPE), compared_as_int);
#endif

/* --- functions: each member has the type that the documents give, and is set from the function --- */

typedef struct PUBLIC_FUNCTIONS_TAG {
    EXECUTION_ENGINE_HANDLE (*engine_create)(const EXECUTION_ENGINE_PARAMETERS*);
    void (*engine_inc_ref)(EXECUTION_ENGINE_HANDLE);
    void (*engine_dec_ref)(EXECUTION_ENGINE_HANDLE);
#ifdef _WIN32
    PTP_POOL (*engine_get_threadpool)(EXECUTION_ENGINE_HANDLE);
#else
    const EXECUTION_ENGINE_PARAMETERS_LINUX* (*engine_get_parameters)(EXECUTION_ENGINE_HANDLE);
#endif

    SOCKET_TRANSPORT_HANDLE (*transport_create_client)(void);
    SOCKET_TRANSPORT_HANDLE (*transport_create_server)(void);
    SOCKET_TRANSPORT_HANDLE (*transport_create_from_socket)(SOCKET_HANDLE);
    void (*transport_destroy)(SOCKET_TRANSPORT_HANDLE);
    int (*transport_connect)(SOCKET_TRANSPORT_HANDLE, const char*, uint16_t, uint32_t);
    int (*transport_listen)(SOCKET_TRANSPORT_HANDLE, uint16_t);
    SOCKET_ACCEPT_RESULT (*transport_accept)(SOCKET_TRANSPORT_HANDLE, SOCKET_TRANSPORT_HANDLE*, uint32_t);
    SOCKET_SEND_RESULT(*transport_send)
    (SOCKET_TRANSPORT_HANDLE, const SOCKET_BUFFER*, uint32_t, uint32_t*, uint32_t, void*);
    SOCKET_RECEIVE_RESULT(*transport_receive)
    (SOCKET_TRANSPORT_HANDLE, SOCKET_BUFFER*, uint32_t, uint32_t*, uint32_t, void*);
    void (*transport_disconnect)(SOCKET_TRANSPORT_HANDLE);
    SOCKET_HANDLE (*transport_get_underlying_socket)(SOCKET_TRANSPORT_HANDLE);
    bool (*transport_is_valid_socket)(SOCKET_TRANSPORT_HANDLE);
    int (*transport_get_local_address)(SOCKET_TRANSPORT_HANDLE, char[MAX_GET_HOST_NAME_LEN], LOCAL_ADDRESS**,
                                       uint32_t*);

#if ASYNC_SOCKET_API_VERSION == 1
    ASYNC_SOCKET_HANDLE (*create)(EXECUTION_ENGINE_HANDLE, SOCKET_HANDLE);
    ASYNC_SOCKET_HANDLE(*create_with_transport)
    (EXECUTION_ENGINE_HANDLE, SOCKET_HANDLE, ON_ASYNC_SOCKET_SEND, void*, ON_ASYNC_SOCKET_RECV, void*);
    int (*open_async)(ASYNC_SOCKET_HANDLE, ON_ASYNC_SOCKET_OPEN_COMPLETE, void*);
#else
    ASYNC_SOCKET_HANDLE (*create)(EXECUTION_ENGINE_HANDLE);
    ASYNC_SOCKET_HANDLE(*create_with_transport)
    (EXECUTION_ENGINE_HANDLE, ON_ASYNC_SOCKET_SEND, void*, ON_ASYNC_SOCKET_RECV, void*);
#if ASYNC_SOCKET_API_VERSION == 2
    int (*open_async)(ASYNC_SOCKET_HANDLE, SOCKET_TRANSPORT_HANDLE, ON_ASYNC_SOCKET_OPEN_COMPLETE, void*);
#else
    int (*open_async)(ASYNC_SOCKET_HANDLE, SOCKET_HANDLE, ON_ASYNC_SOCKET_OPEN_COMPLETE, void*);
#endif
#endif
    int (*notify_io_async)(ASYNC_SOCKET_HANDLE, ASYNC_SOCKET_NOTIFY_IO_TYPE, ON_ASYNC_SOCKET_NOTIFY_IO_COMPLETE, void*);
    void (*destroy)(ASYNC_SOCKET_HANDLE);
    void (*close)(ASYNC_SOCKET_HANDLE);
    ASYNC_SOCKET_SEND_SYNC_RESULT(*send_async)
    (ASYNC_SOCKET_HANDLE, const ASYNC_SOCKET_BUFFER*, uint32_t, ON_ASYNC_SOCKET_SEND_COMPLETE, void*);
    int (*receive_async)(ASYNC_SOCKET_HANDLE, ASYNC_SOCKET_BUFFER*, uint32_t, ON_ASYNC_SOCKET_RECEIVE_COMPLETE, void*);

    void (*set_log_callback)(void (*)(ASYNC_SOCKET_LOG_LEVEL, const char*));
    void (*set_log_level)(ASYNC_SOCKET_LOG_LEVEL);
    int (*set_completion_mode)(ASYNC_SOCKET_HANDLE, ASYNC_SOCKET_COMPLETION_MODE);
    EXECUTION_ENGINE_END_RESULT (*engine_dec_ref_and_wait)(EXECUTION_ENGINE_HANDLE);

    const char* (*open_result_to_string)(ASYNC_SOCKET_OPEN_RESULT);
    int (*open_result_from_string)(const char*, ASYNC_SOCKET_OPEN_RESULT*);
    const char* (*send_sync_result_to_string)(ASYNC_SOCKET_SEND_SYNC_RESULT);
    int (*send_sync_result_from_string)(const char*, ASYNC_SOCKET_SEND_SYNC_RESULT*);
    const char* (*send_result_to_string)(ASYNC_SOCKET_SEND_RESULT);
    int (*send_result_from_string)(const char*, ASYNC_SOCKET_SEND_RESULT*);
    const char* (*receive_result_to_string)(ASYNC_SOCKET_RECEIVE_RESULT);
    int (*receive_result_from_string)(const char*, ASYNC_SOCKET_RECEIVE_RESULT*);
    const char* (*transport_send_result_to_string)(SOCKET_SEND_RESULT);
    int (*transport_send_result_from_string)(const char*, SOCKET_SEND_RESULT*);
    const char* (*transport_receive_result_to_string)(SOCKET_RECEIVE_RESULT);
    int (*transport_receive_result_from_string)(const char*, SOCKET_RECEIVE_RESULT*);
    const char* (*transport_accept_result_to_string)(SOCKET_ACCEPT_RESULT);
    int (*transport_accept_result_from_string)(const char*, SOCKET_ACCEPT_RESULT*);
    const char* (*socket_type_to_string)(SOCKET_TYPE);
    int (*socket_type_from_string)(const char*, SOCKET_TYPE*);
    const char* (*address_type_to_string)(ADDRESS_TYPE);
    int (*address_type_from_string)(const char*, ADDRESS_TYPE*);
    const char* (*notify_io_type_to_string)(ASYNC_SOCKET_NOTIFY_IO_TYPE);
    int (*notify_io_type_from_string)(const char*, ASYNC_SOCKET_NOTIFY_IO_TYPE*);
    const char* (*notify_io_result_to_string)(ASYNC_SOCKET_NOTIFY_IO_RESULT);
    int (*notify_io_result_from_string)(const char*, ASYNC_SOCKET_NOTIFY_IO_RESULT*);
} PUBLIC_FUNCTIONS;

/* Without designators, which C++11 does not have: the order is that of the struct. */
extern const PUBLIC_FUNCTIONS public_functions;
const PUBLIC_FUNCTIONS public_functions = {
    execution_engine_create,
    execution_engine_inc_ref,
    execution_engine_dec_ref,
#ifdef _WIN32
    execution_engine_win32_get_threadpool,
#else
    execution_engine_linux_get_parameters,
#endif
    socket_transport_create_client,
    socket_transport_create_server,
    socket_transport_create_from_socket,
    socket_transport_destroy,
    socket_transport_connect,
    socket_transport_listen,
    socket_transport_accept,
    socket_transport_send,
    socket_transport_receive,
    socket_transport_disconnect,
    socket_transport_get_underlying_socket,
    socket_transport_is_valid_socket,
    socket_transport_get_local_address,
    async_socket_create,
    async_socket_create_with_transport,
    async_socket_open_async,
    async_socket_notify_io_async,
    async_socket_destroy,
    async_socket_close,
    async_socket_send_async,
    async_socket_receive_async,
    async_socket_set_log_callback,
    async_socket_set_log_level,
    async_socket_set_completion_mode,
    execution_engine_dec_ref_and_wait,
    MU_ASYNC_SOCKET_OPEN_RESULT_ToString,
    ASYNC_SOCKET_OPEN_RESULT_FromString,
    MU_ASYNC_SOCKET_SEND_SYNC_RESULT_ToString,
    ASYNC_SOCKET_SEND_SYNC_RESULT_FromString,
    MU_ASYNC_SOCKET_SEND_RESULT_ToString,
    ASYNC_SOCKET_SEND_RESULT_FromString,
    MU_ASYNC_SOCKET_RECEIVE_RESULT_ToString,
    ASYNC_SOCKET_RECEIVE_RESULT_FromString,
    MU_SOCKET_SEND_RESULT_ToString,
    SOCKET_SEND_RESULT_FromString,
    MU_SOCKET_RECEIVE_RESULT_ToString,
    SOCKET_RECEIVE_RESULT_FromString,
    MU_SOCKET_ACCEPT_RESULT_ToString,
    SOCKET_ACCEPT_RESULT_FromString,
    MU_SOCKET_TYPE_ToString,
    SOCKET_TYPE_FromString,
    MU_ADDRESS_TYPE_ToString,
    ADDRESS_TYPE_FromString,
    MU_ASYNC_SOCKET_NOTIFY_IO_TYPE_ToString,
    ASYNC_SOCKET_NOTIFY_IO_TYPE_FromString,
    MU_ASYNC_SOCKET_NOTIFY_IO_RESULT_ToString,
    ASYNC_SOCKET_NOTIFY_IO_RESULT_FromString,
};

/* --- callbacks: functions of the documents' types are accepted --- */

static void on_open(void* context, ASYNC_SOCKET_OPEN_RESULT open_result)
{
    (void)context;
    (void)open_result;
}

static void on_send(void* context, ASYNC_SOCKET_SEND_RESULT send_result)
{
    (void)context;
    (void)send_result;
}

static void on_receive(void* context, ASYNC_SOCKET_RECEIVE_RESULT receive_result, uint32_t bytes_received)
{
    (void)context;
    (void)receive_result;
    (void)bytes_received;
}

static void on_notify_io(void* context, ASYNC_SOCKET_NOTIFY_IO_RESULT notify_io_result)
{
    (void)context;
    (void)notify_io_result;
}

static int on_transport_send(void* context, ASYNC_SOCKET_HANDLE async_socket, const void* buf, size_t len)
{
    (void)context;
    (void)async_socket;
    (void)buf;
    return (int)len;
}

static int on_transport_receive(void* context, ASYNC_SOCKET_HANDLE async_socket, void* buf, size_t len)
{
    (void)context;
    (void)async_socket;
    (void)buf;
    return (int)len;
}

typedef struct PUBLIC_CALLBACKS_TAG {
    ON_ASYNC_SOCKET_OPEN_COMPLETE on_open_complete;
    ON_ASYNC_SOCKET_SEND_COMPLETE on_send_complete;
    ON_ASYNC_SOCKET_RECEIVE_COMPLETE on_receive_complete;
    ON_ASYNC_SOCKET_NOTIFY_IO_COMPLETE on_notify_io_complete;
    ON_ASYNC_SOCKET_SEND on_send;
    ON_ASYNC_SOCKET_RECV on_recv;
} PUBLIC_CALLBACKS;

extern const PUBLIC_CALLBACKS public_callbacks;
const PUBLIC_CALLBACKS public_callbacks = {
    on_open, on_send, on_receive, on_notify_io, on_transport_send, on_transport_receive,
};

/* Nothing to run: that this links is the result. */
int main(void)
{
    return 0;
}
