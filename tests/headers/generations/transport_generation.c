/* A user of the transport generation, written as such a user wrote it. */
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "c_pal/async_socket.h"
#include "c_pal/execution_engine.h"
#include "c_pal/socket_transport.h"
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

static OPENED open_socket(EXECUTION_ENGINE_HANDLE execution_engine, SOCKET_HANDLE connected_socket)
{
    OPENED opened = {NULL, NULL};
    int is_open = 0;
    SOCKET_TRANSPORT_HANDLE socket_transport = socket_transport_create_from_socket(connected_socket);
    ASYNC_SOCKET_HANDLE async_socket = async_socket_create(execution_engine);
    if (async_socket != NULL &&
        (async_socket_open_async(async_socket, socket_transport, on_open_complete, &is_open) != 0 || !is_open)) {
        async_socket_destroy(async_socket);
        async_socket = NULL;
    }
    opened.async_socket = async_socket;
    opened.connection = socket_transport;
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
    socket_transport_destroy(connection);
}

const GENERATION transport_generation = {"transport_generation", open_socket,    receive_some,   send_text,
                                         close_socket,           destroy_socket, free_connection};
