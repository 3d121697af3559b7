/* Sends back what it receives: echo_server_v1 PORT (0: the system chooses one; it is printed).
 *
 * The same as echo_server.c in version 1 of the API: the async socket is created with a connected
 * socket of the system, owns it, and closes it. The program makes the connections itself. Read
 * echo_server.c first; what is said there is not repeated here. */
#define ASYNC_SOCKET_API_VERSION 1
#include "c_pal/async_socket.h"

#include <stdio.h>
#include <stdlib.h>

#include "listening_port.h"

typedef struct CONNECTION_TAG {
    ASYNC_SOCKET_HANDLE async_socket;
    unsigned char bytes[16384];
} CONNECTION;

static void destroy_connection(CONNECTION* connection)
{
    async_socket_destroy(connection->async_socket); /* closes the system's socket, too */
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
    const ASYNC_SOCKET_BUFFER received = {connection->bytes, bytes_received};
    if (result != ASYNC_SOCKET_RECEIVE_OK ||
        async_socket_send_async(connection->async_socket, &received, 1, on_send_complete, connection) !=
            ASYNC_SOCKET_SEND_SYNC_OK) {
        destroy_connection(connection);
    }
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
    (void)result;
    receive_next(context);
}

static void close_system_socket(SYSTEM_SOCKET socket)
{
#ifdef _WIN32
    (void)closesocket(socket);
#else
    (void)close(socket);
#endif
}

static void serve(EXECUTION_ENGINE_HANDLE engine, SYSTEM_SOCKET accepted)
{
    CONNECTION* connection = malloc(sizeof *connection);
    if (connection == NULL) {
        close_system_socket(accepted);
        return;
    }
    connection->async_socket = async_socket_create(engine, (SOCKET_HANDLE)accepted);
    if (connection->async_socket == NULL) {
        close_system_socket(accepted); /* a refused socket stays the caller's */
        free(connection);
    } else if (async_socket_open_async(connection->async_socket, on_open_complete, connection) != 0) {
        destroy_connection(connection);
    }
}

/* (SYSTEM_SOCKET)-1 on failure. */
static SYSTEM_SOCKET listen_on(const char* port)
{
    struct sockaddr_in any = {0};
    any.sin_family = AF_INET;
    any.sin_port = htons((uint16_t)strtoul(port, NULL, 10));
    SYSTEM_SOCKET listener = socket(AF_INET, SOCK_STREAM, IPPROTO_TCP);
    if (bind(listener, (const struct sockaddr*)&any, sizeof any) != 0 || listen(listener, SOMAXCONN) != 0) {
        return (SYSTEM_SOCKET)-1;
    }
    return listener;
}

int main(int argc, char** argv)
{
#ifdef _WIN32
    WSADATA data;
    if (WSAStartup(MAKEWORD(2, 2), &data) != 0) {
        return EXIT_FAILURE;
    }
#endif
    EXECUTION_ENGINE_HANDLE engine = execution_engine_create(NULL);
    const SYSTEM_SOCKET listener = listen_on(argc == 2 ? argv[1] : "0");
    if (engine == NULL || listener == (SYSTEM_SOCKET)-1) {
        (void)fprintf(stderr, "echo_server_v1: cannot listen\n");
        return EXIT_FAILURE;
    }
    printf("listening on port %u\n", listening_port((SOCKET_HANDLE)listener));
    (void)fflush(stdout);

    for (;;) { /* until Ctrl-C */
        const SYSTEM_SOCKET accepted = accept(listener, NULL, NULL);
        if (accepted != (SYSTEM_SOCKET)-1) {
            serve(engine, accepted);
        }
    }
}
