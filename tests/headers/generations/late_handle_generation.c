/* A user of the last state of the handle generation, written as such a user wrote it: with the later name of
 * a refused send, with functions of its own for the bytes where there are such, and asking for room before
 * it sends. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#ifndef _WIN32
#include <sys/socket.h>
#endif

#include "c_pal/async_socket.h"
#include "c_pal/execution_engine.h"
#include "c_pal/socket_handle.h"
#include "pair.h"

static void on_open_complete(void* context, ASYNC_SOCKET_OPEN_RESULT open_result)
{
    *(int*)context = open_result == ASYNC_SOCKET_OPEN_OK;
}

static void on_send_complete(void* context, ASYNC_SOCKET_SEND_RESULT send_result)
{
    EXCHANGE* exchange = context;
    exchange->on_sent(exchange->context, (int)send_result);
}

static void on_receive_complete(void* context, ASYNC_SOCKET_RECEIVE_RESULT receive_result, uint32_t bytes_received)
{
    EXCHANGE* exchange = context;
    exchange->on_received(exchange->context, (int)receive_result, bytes_received);
}

static void on_notify_io_complete(void* context, ASYNC_SOCKET_NOTIFY_IO_RESULT notify_io_result)
{
    (void)context;
    (void)notify_io_result;
}

#ifdef _WIN32

static ASYNC_SOCKET_HANDLE create_socket(EXECUTION_ENGINE_HANDLE execution_engine, SOCKET_HANDLE* connected_socket)
{
    return async_socket_create(execution_engine, *connected_socket);
}

#else

static int send_bytes(void* context, ASYNC_SOCKET_HANDLE async_socket, const void* buf, size_t len)
{
    const SOCKET_HANDLE* connected_socket = context;
    (void)async_socket;
    return (int)send(*connected_socket, buf, len, MSG_NOSIGNAL);
}

static int receive_bytes(void* context, ASYNC_SOCKET_HANDLE async_socket, void* buf, size_t len)
{
    const SOCKET_HANDLE* connected_socket = context;
    (void)async_socket;
    return (int)recv(*connected_socket, buf, len, 0);
}

static ASYNC_SOCKET_HANDLE create_socket(EXECUTION_ENGINE_HANDLE execution_engine, SOCKET_HANDLE* connected_socket)
{
    return async_socket_create_with_transport(execution_engine, *connected_socket, send_bytes, connected_socket,
                                              receive_bytes, connected_socket);
}

#endif

/* What the functions for the bytes are given lives as long as the async socket. */
static OPENED open_socket(EXECUTION_ENGINE_HANDLE execution_engine, SOCKET_HANDLE connected_socket)
{
    OPENED opened = {NULL, NULL};
    int is_open = 0;
    SOCKET_HANDLE* kept = malloc(sizeof(*kept));
    ASYNC_SOCKET_HANDLE async_socket = NULL;
    if (kept != NULL) {
        *kept = connected_socket;
        async_socket = create_socket(execution_engine, kept);
    }
    if (async_socket != NULL && (async_socket_open_async(async_socket, on_open_complete, &is_open) != 0 || !is_open)) {
        async_socket_destroy(async_socket);
        async_socket = NULL;
    }
    opened.async_socket = async_socket;
    opened.connection = kept;
    return opened;
}

static int receive_some(void* context, EXCHANGE* exchange)
{
    ASYNC_SOCKET_HANDLE async_socket = context;
    ASYNC_SOCKET_BUFFER payload_buffers[1];
    payload_buffers[0].buffer = exchange->received;
    payload_buffers[0].length = sizeof(exchange->received);
    return async_socket_receive_async(async_socket, payload_buffers, 1, on_receive_complete, exchange);
}

static int send_text(void* context, const char* text, EXCHANGE* exchange)
{
    ASYNC_SOCKET_HANDLE async_socket = context;
    ASYNC_SOCKET_BUFFER payload_buffers[1];
    payload_buffers[0].buffer = (void*)(uintptr_t)text;
    payload_buffers[0].length = (uint32_t)strlen(text);
    (void)async_socket_notify_io_async(async_socket, ASYNC_SOCKET_NOTIFY_IO_TYPE_OUT, on_notify_io_complete, NULL);
    switch (async_socket_send_async(async_socket, payload_buffers, 1, on_send_complete, exchange)) {
    case ASYNC_SOCKET_SEND_SYNC_OK:
        return 0;
    case ASYNC_SOCKET_SEND_SYNC_NOT_OPEN:
        return 1;
    case ASYNC_SOCKET_SEND_SYNC_ERROR:
    default:
        return 2;
    }
}

static void close_socket(void* context)
{
    ASYNC_SOCKET_HANDLE async_socket = context;
    async_socket_close(async_socket);
}

static void destroy_socket(void* context)
{
    ASYNC_SOCKET_HANDLE async_socket = context;
    async_socket_destroy(async_socket);
}

static void free_connection(void* connection)
{
    free(connection);
}

const GENERATION late_handle_generation = {
    "late_handle_generation", open_socket, receive_some, send_text, close_socket, destroy_socket, free_connection};
