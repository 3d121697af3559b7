#include "tls_session.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/err.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>

/* The async socket calls one send and one receive at a time, but perhaps on two threads at once, and an
 * SSL object takes one call at a time. */
struct TLS_SESSION_TAG {
    SSL* ssl;
    pthread_mutex_t mutex;
    bool broken; /* OpenSSL allows nothing more after an error */
};

SSL_CTX* tls_server_context(const char* certificate_file, const char* key_file)
{
    SSL_CTX* context = SSL_CTX_new(TLS_server_method());
    if (context == NULL || SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION) != 1 ||
        SSL_CTX_use_certificate_chain_file(context, certificate_file) != 1 ||
        SSL_CTX_use_PrivateKey_file(context, key_file, SSL_FILETYPE_PEM) != 1) {
        ERR_print_errors_fp(stderr);
        SSL_CTX_free(context);
        return NULL;
    }
    /* A send may be taken record by record; the async socket comes back with the rest. */
    (void)SSL_CTX_set_mode(context, SSL_MODE_ENABLE_PARTIAL_WRITE);
    return context;
}

/* OpenSSL's own calls on the socket must not block. */
static bool make_non_blocking(SOCKET_HANDLE socket)
{
    const int flags = fcntl(socket, F_GETFL);
    return flags != -1 && fcntl(socket, F_SETFL, flags | O_NONBLOCK) == 0;
}

TLS_SESSION* tls_session_create(SSL_CTX* context, SOCKET_HANDLE socket)
{
    TLS_SESSION* session = calloc(1, sizeof *session);
    if (session == NULL) {
        return NULL;
    }
    session->ssl = SSL_new(context);
    if (session->ssl == NULL || !make_non_blocking(socket) || SSL_set_fd(session->ssl, socket) != 1 ||
        pthread_mutex_init(&session->mutex, NULL) != 0) {
        SSL_free(session->ssl);
        free(session);
        return NULL;
    }
    SSL_set_accept_state(session->ssl);
    return session;
}

void tls_session_destroy(TLS_SESSION* session)
{
    SSL_free(session->ssl);
    (void)pthread_mutex_destroy(&session->mutex);
    free(session);
}

/* What a call that failed says to the async socket: 0 for the end of the stream, or -1 with errno. */
static int explain_failure(TLS_SESSION* session, int system_error)
{
    switch (SSL_get_error(session->ssl, 0)) {
    case SSL_ERROR_WANT_READ:
    case SSL_ERROR_WANT_WRITE:
        /* Reading may have to write first, and the other way round. The async socket calls again after any
         * change of the socket, so both simply come later. */
        errno = EAGAIN;
        return -1;
    case SSL_ERROR_ZERO_RETURN:
        return 0;
    case SSL_ERROR_SYSCALL:
        session->broken = true;
        errno = system_error != 0 ? system_error : ECONNRESET;
        return -1;
    default:
        session->broken = true;
        /* An end without the peer's word for it is a cut, as a reset is. */
        errno = ERR_GET_REASON(ERR_peek_error()) == SSL_R_UNEXPECTED_EOF_WHILE_READING ? ECONNRESET : EPROTO;
        return -1;
    }
}

int tls_session_send(void* context, ASYNC_SOCKET_HANDLE async_socket, const void* bytes, size_t length)
{
    TLS_SESSION* session = context;
    size_t sent = 0;
    int result = 0;
    (void)async_socket;
    (void)pthread_mutex_lock(&session->mutex);
    ERR_clear_error(); /* SSL_get_error looks at the thread's list of errors */
    errno = 0;
    if (SSL_write_ex(session->ssl, bytes, length, &sent) == 1) {
        result = (int)sent; /* one record at most */
    } else if (explain_failure(session, errno) == 0) {
        errno = EPIPE; /* the stream has ended */
        result = -1;
    } else {
        result = -1;
    }
    (void)pthread_mutex_unlock(&session->mutex);
    return result;
}

int tls_session_receive(void* context, ASYNC_SOCKET_HANDLE async_socket, void* bytes, size_t length)
{
    TLS_SESSION* session = context;
    size_t received = 0;
    (void)async_socket;
    (void)pthread_mutex_lock(&session->mutex);
    ERR_clear_error();
    errno = 0;
    const int result =
        SSL_read_ex(session->ssl, bytes, length, &received) == 1 ? (int)received : explain_failure(session, errno);
    (void)pthread_mutex_unlock(&session->mutex);
    return result;
}

void tls_session_end(TLS_SESSION* session)
{
    (void)pthread_mutex_lock(&session->mutex);
    if (!session->broken && SSL_is_init_finished(session->ssl)) {
        ERR_clear_error();
        (void)SSL_shutdown(session->ssl);
    }
    (void)pthread_mutex_unlock(&session->mutex);
}
