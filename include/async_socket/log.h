/* What the library tells about errors. One callback for the whole program; by default errors and
 * warnings go to stderr, one line each. Both settings may be changed at any time from any thread. */
#ifndef ASYNC_SOCKET_LOG_H
#define ASYNC_SOCKET_LOG_H

#ifdef __cplusplus
extern "C" {
#endif

/* In order of verbosity.
 * ERROR: a call failed for a reason that needs attention (bad argument, out of resources).
 * WARNING: an operation failed.
 * INFO: what happens in a healthy program too (reset by a peer, a call on a closed socket).
 * A normal end of stream is not logged at all. */
typedef enum ASYNC_SOCKET_LOG_LEVEL_TAG {
    ASYNC_SOCKET_LOG_OFF,
    ASYNC_SOCKET_LOG_ERROR,
    ASYNC_SOCKET_LOG_WARNING,
    ASYNC_SOCKET_LOG_INFO
} ASYNC_SOCKET_LOG_LEVEL;

/* message: one line without a line end, valid during the call; an error of the system with its number and, in
 * English if the system has them so, its words: "cannot listen on port 80: error 13 (Permission denied)". Runs on the
 * thread that met the problem; it may not call into the library, and an exception that leaves it ends the program. The
 * thread's last error is kept for it. */
typedef void (*ON_ASYNC_SOCKET_LOG)(ASYNC_SOCKET_LOG_LEVEL level, const char* message);

/* Sends all messages to on_log instead of stderr. NULL: back to stderr. */
void async_socket_set_log_callback(ON_ASYNC_SOCKET_LOG on_log);

/* Messages above this level are neither formatted nor delivered. Default: ASYNC_SOCKET_LOG_WARNING.
 * ASYNC_SOCKET_LOG_OFF: silent. */
void async_socket_set_log_level(ASYNC_SOCKET_LOG_LEVEL level);

#ifdef __cplusplus
}
#endif

#endif /* ASYNC_SOCKET_LOG_H */
