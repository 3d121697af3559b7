/* Sends back what it receives: echo_server PORT (0: the system chooses one; it is printed).
 *
 * Shows version 2 of the API, the default: the transport makes the connection, the async socket
 * moves its bytes. Many connections share the few threads of one execution engine.
 *
 * One rule carries it all: each connection has exactly one operation under way, a receive or a
 * send, and the callback that ends it starts the next one or frees the connection. So nothing of a
 * connection is ever used by two threads at once, and it needs no lock. */
#define ASYNC_SOCKET_API_VERSION 2
#include "c_pal/async_socket.h"

#include <stdio.h>
#include <stdlib.h>

#include "listening_port.h"

typedef struct CONNECTION_TAG {
    SOCKET_TRANSPORT_HANDLE transport;
    ASYNC_SOCKET_HANDLE async_socket;
    unsigned char bytes[16384];
} CONNECTION;

static void destroy_connection(CONNECTION* connection)
{
    /* Allowed in the async socket's own callback. It closes the connection, but the transport handle
     * is still ours to free. */
    async_socket_destroy(connection->async_socket);
    socket_transport_destroy(connection->transport);
    free(connection);
}

static void receive_next(CONNECTION* connection);

static void on_send_complete(void* context, ASYNC_SOCKET_SEND_RESULT result)
{
    CONNECTION* connection = context;
    if (result == ASYNC_SOCKET_SEND_OK) {
        receive_next(connection);
    } else {
        destroy_connection(connection);
    }
}

static void on_receive_complete(void* context, ASYNC_SOCKET_RECEIVE_RESULT result, uint32_t bytes_received)
{
    CONNECTION* connection = context;
    /* The array of pieces is copied and may go; the bytes stay where they are until the send ends. */
    const ASYNC_SOCKET_BUFFER received = {connection->bytes, bytes_received};
    /* ABANDONED: the peer has ended or reset the stream. */
    if (result != ASYNC_SOCKET_RECEIVE_OK ||
        async_socket_send_async(connection->async_socket, &received, 1, on_send_complete, connection) !=
            ASYNC_SOCKET_SEND_SYNC_OK) {
        /* A refused send has no callback: the connection is still ours alone. */
        destroy_connection(connection);
    }
    /* An accepted send may have ended already, on another thread: hands off the connection. */
}

static void receive_next(CONNECTION* connection)
{
    ASYNC_SOCKET_BUFFER room = {connection->bytes, sizeof connection->bytes};
    if (async_socket_receive_async(connection->async_socket, &room, 1, on_receive_complete, connection) != 0) {
        destroy_connection(connection);
    }
}

static void on_open_complete(void* context, ASYNC_SOCKET_OPEN_RESULT result)
{
    (void)result; /* this callback comes for ASYNC_SOCKET_OPEN_OK only */
    receive_next(context);
}

/* From here on the connection belongs to its callbacks. */
static void serve(EXECUTION_ENGINE_HANDLE engine, SOCKET_TRANSPORT_HANDLE accepted)
{
    CONNECTION* connection = malloc(sizeof *connection);
    if (connection == NULL) {
        socket_transport_destroy(accepted);
        return;
    }
    connection->transport = accepted;
    connection->async_socket = async_socket_create(engine); /* NULL is refused by the open */
    if (async_socket_open_async(connection->async_socket, accepted, on_open_complete, connection) != 0) {
        destroy_connection(connection);
    }
}

int main(int argc, char** argv)
{
    const char* port = argc == 2 ? argv[1] : "0";
    EXECUTION_ENGINE_HANDLE engine = execution_engine_create(NULL);
    SOCKET_TRANSPORT_HANDLE listener = socket_transport_create_server();
    if (engine == NULL || socket_transport_listen(listener, (uint16_t)strtoul(port, NULL, 10)) != 0) {
        return EXIT_FAILURE; /* the library has said why on stderr */
    }
    printf("listening on port %u\n", listening_port(socket_transport_get_underlying_socket(listener)));
    (void)fflush(stdout);

    for (;;) { /* until Ctrl-C */
        SOCKET_TRANSPORT_HANDLE accepted = NULL;
        const SOCKET_ACCEPT_RESULT result = socket_transport_accept(listener, &accepted, 1000);
        if (result == SOCKET_ACCEPT_OK) {
            serve(engine, accepted);
        } else if (result == SOCKET_ACCEPT_ERROR) {
            break;
        }
    }
    socket_transport_destroy(listener);
    execution_engine_dec_ref(engine); /* open connections hold the engine too */
    return EXIT_FAILURE;
}
