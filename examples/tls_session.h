/* TLS for one connection: the two functions that async_socket_create_with_transport wants, made of
 * OpenSSL. Linux only. */
#ifndef TLS_SESSION_H
#define TLS_SESSION_H

#include <openssl/ssl.h>

#include "c_pal/async_socket.h"

typedef struct TLS_SESSION_TAG TLS_SESSION;

/* The server's settings, from PEM files. NULL on failure, after saying why on stderr. */
SSL_CTX* tls_server_context(const char* certificate_file, const char* key_file);

/* The server's side of a connection on a connected socket, which stays the caller's. The handshake takes
 * place in the first calls of send and receive. NULL on failure. */
TLS_SESSION* tls_session_create(SSL_CTX* context, SOCKET_HANDLE socket);
/* After the async socket that uses it is closed. */
void tls_session_destroy(TLS_SESSION* session);

/* The hooks; the context of both is the TLS_SESSION. They return what send and recv would, of the bytes inside
 * the encryption: a count, 0 for the end of the stream, or -1 with errno, EAGAIN for "later". */
int tls_session_send(void* context, ASYNC_SOCKET_HANDLE async_socket, const void* bytes, size_t length);
int tls_session_receive(void* context, ASYNC_SOCKET_HANDLE async_socket, void* bytes, size_t length);

/* Tells the peer that the stream ends here, so that it can tell an end from a cut. Does not wait. */
void tls_session_end(TLS_SESSION* session);

#endif /* TLS_SESSION_H */
