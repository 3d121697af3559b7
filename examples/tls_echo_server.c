/* Sends back what it receives, inside TLS: tls_echo_server PORT CERTIFICATE KEY (port 0: the system
 * chooses one; it is printed). The files are PEM. Linux only.
 *
 *     openssl req -x509 -newkey rsa:2048 -nodes -subj /CN=localhost -keyout key.pem -out certificate.pem
 *     tls_echo_server 8443 certificate.pem key.pem &
 *     openssl s_client -quiet -connect localhost:8443
 *
 * The same as echo_server.c but for two things: the async socket is created with hooks that encrypt and
 * decrypt (tls_session.h), and the peer is told of the end. Read echo_server.c first; what is said
 * there is not repeated here. */
#define ASYNC_SOCKET_API_VERSION 2
#include "c_pal/async_socket.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

#include "listening_port.h"
#include "tls_session.h"

typedef struct CONNECTION_TAG {
    SOCKET_TRANSPORT_HANDLE transport;
    TLS_SESSION* session;
    ASYNC_SOCKET_HANDLE async_socket;
    unsigned char bytes[16384]; /* as much as fits into one TLS record */
} CONNECTION;

static void destroy_connection(CONNECTION* connection)
{
    tls_session_end(connection->session);
    async_socket_destroy(connection->async_socket); /* from here on no hook is called */
    tls_session_destroy(connection->session);
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
    receive_next(context); /* which begins with the handshake */
}

static void serve(EXECUTION_ENGINE_HANDLE engine, SSL_CTX* context, SOCKET_TRANSPORT_HANDLE accepted)
{
    CONNECTION* connection = malloc(sizeof *connection);
    TLS_SESSION* session = tls_session_create(context, socket_transport_get_underlying_socket(accepted));
    if (connection == NULL || session == NULL) {
        if (session != NULL) {
            tls_session_destroy(session);
        }
        free(connection);
        socket_transport_destroy(accepted);
        return;
    }
    connection->transport = accepted;
    connection->session = session;
    connection->async_socket =
        async_socket_create_with_transport(engine, tls_session_send, session, tls_session_receive, session);
    if (async_socket_open_async(connection->async_socket, accepted, on_open_complete, connection) != 0) {
        destroy_connection(connection);
    }
}

int main(int argc, char** argv)
{
    if (argc != 4) {
        (void)fprintf(stderr, "usage: tls_echo_server PORT CERTIFICATE KEY\n");
        return EXIT_FAILURE;
    }
    (void)signal(SIGPIPE, SIG_IGN); /* OpenSSL writes to sockets that may be gone */
    SSL_CTX* context = tls_server_context(argv[2], argv[3]);
    EXECUTION_ENGINE_HANDLE engine = execution_engine_create(NULL);
    SOCKET_TRANSPORT_HANDLE listener = socket_transport_create_server();
    if (context == NULL || engine == NULL ||
        socket_transport_listen(listener, (uint16_t)strtoul(argv[1], NULL, 10)) != 0) {
        return EXIT_FAILURE;
    }
    printf("listening on port %u\n", listening_port(socket_transport_get_underlying_socket(listener)));
    (void)fflush(stdout);

    for (;;) { /* until Ctrl-C */
        SOCKET_TRANSPORT_HANDLE accepted = NULL;
        const SOCKET_ACCEPT_RESULT result = socket_transport_accept(listener, &accepted, 1000);
        if (result == SOCKET_ACCEPT_OK) {
            serve(engine, context, accepted);
        } else if (result == SOCKET_ACCEPT_ERROR) {
            break;
        }
    }
    socket_transport_destroy(listener);
    execution_engine_dec_ref(engine);
    SSL_CTX_free(context);
    return EXIT_FAILURE;
}
