/* A connection-level wrapper of one TCP socket: connect, listen, accept, blocking (on Windows also
 * overlapped) send and receive, disconnect. It counts the calls that run in it, so that a disconnect ends them,
 * waits for them and refuses later ones. All functions may be called from any thread; destroy only
 * when no other call is running. In the child of a fork a handle that was created before is not open;
 * disconnect and destroy close the child's copy of the descriptor, and the connection stays as it is. */
#ifndef C_PAL_SOCKET_TRANSPORT_H
#define C_PAL_SOCKET_TRANSPORT_H

#include <stdbool.h>
#include <stdint.h>

#include "c_pal/macro_fallbacks.h"
#include "c_pal/socket_handle.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct SOCKET_TRANSPORT_TAG* SOCKET_TRANSPORT_HANDLE;

/* One piece of memory for scatter/gather. On Windows it has the layout of WSABUF. */
typedef struct SOCKET_BUFFER_TAG {
    uint32_t length;
    unsigned char* buffer;
} SOCKET_BUFFER;

#define SOCKET_SEND_RESULT_VALUES \
    SOCKET_SEND_INVALID_ARG, SOCKET_SEND_OK, SOCKET_SEND_ERROR, SOCKET_SEND_FAILED, SOCKET_SEND_SHUTDOWN

MU_DEFINE_ENUM(SOCKET_SEND_RESULT, SOCKET_SEND_RESULT_VALUES)

#define SOCKET_RECEIVE_RESULT_VALUES                                                                 \
    SOCKET_RECEIVE_INVALID_ARG, SOCKET_RECEIVE_OK, SOCKET_RECEIVE_WOULD_BLOCK, SOCKET_RECEIVE_ERROR, \
        SOCKET_RECEIVE_SHUTDOWN

MU_DEFINE_ENUM(SOCKET_RECEIVE_RESULT, SOCKET_RECEIVE_RESULT_VALUES)

#define SOCKET_ACCEPT_RESULT_VALUES                                                                 \
    SOCKET_ACCEPT_OK, SOCKET_ACCEPT_ERROR, SOCKET_ACCEPT_PORT_EXHAUSTION, SOCKET_ACCEPT_INPROGRESS, \
        SOCKET_ACCEPT_NO_CONNECTION

MU_DEFINE_ENUM(SOCKET_ACCEPT_RESULT, SOCKET_ACCEPT_RESULT_VALUES)

#define SOCKET_TYPE_VALUES SOCKET_BINDING, SOCKET_CLIENT

MU_DEFINE_ENUM(SOCKET_TYPE, SOCKET_TYPE_VALUES)

#define ADDRESS_TYPE_VALUES ADDRESS_INET, ADDRESS_INET_6, ADDRESS_NETBIOS

MU_DEFINE_ENUM(ADDRESS_TYPE, ADDRESS_TYPE_VALUES)

#define MAX_GET_HOST_NAME_LEN 256
#define MAX_LOCAL_ADDRESS_LEN 22

/* address: the numeric form, zero-terminated. */
typedef struct LOCAL_ADDRESS_TAG {
    ADDRESS_TYPE address_type;
    char address[MAX_LOCAL_ADDRESS_LEN];
} LOCAL_ADDRESS;

/* A new, unconnected handle of the client or the binding (listening) type. NULL on failure. Free it
 * with socket_transport_destroy. */
MOCKABLE_FUNCTION(, SOCKET_TRANSPORT_HANDLE, socket_transport_create_client);
MOCKABLE_FUNCTION(, SOCKET_TRANSPORT_HANDLE, socket_transport_create_server);

/* Adopts a connected socket as an open client: from success on the handle closes it. NULL, and the
 * socket stays the caller's, for an invalid socket or when memory is out. */
MOCKABLE_FUNCTION(, SOCKET_TRANSPORT_HANDLE, socket_transport_create_from_socket, SOCKET_HANDLE, socket_handle);

/* Disconnects if still open, then frees the handle. NULL: returns at once. Allowed before and after
 * the async socket that is open on it is closed or destroyed. */
MOCKABLE_FUNCTION(, void, socket_transport_destroy, SOCKET_TRANSPORT_HANDLE, socket_transport);

/* Connects a client handle: resolves the name, then tries each of its IPv4 and IPv6 addresses in the
 * resolver's order; a refused address is passed over at once; timeout_ms bounds all tries together
 * (the resolver itself is not bounded). The socket is left blocking and usable for overlapped I/O.
 * A disconnect by another thread ends the connect at once, but not a resolver that is still asking: then
 * the connect ends when that has answered.
 * Returns 0, or non-zero for a NULL handle, a NULL or empty host, port 0, a server handle, a handle that is open,
 * or when no address answered; then the handle can be used for another try. */
MOCKABLE_FUNCTION(, int, socket_transport_connect, SOCKET_TRANSPORT_HANDLE, socket_transport, const char*, hostname,
                  uint16_t, port, uint32_t, connection_timeout_ms);

/* Listens on all interfaces (IPv6 and IPv4). Server handles only. port 0 lets the system choose; ask
 * the underlying socket for it. Returns 0, or non-zero with no socket left behind. */
MOCKABLE_FUNCTION(, int, socket_transport_listen, SOCKET_TRANSPORT_HANDLE, socket_transport, uint16_t, port);

/* Waits at most connection_timeout_ms for a connection. SOCKET_ACCEPT_OK: *accepted_socket is a new
 * open client, owned by the caller. SOCKET_ACCEPT_NO_CONNECTION: none came. The other results:
 * PORT_EXHAUSTION (one waits, but all the time there were no buffers or descriptors for it: it waits on,
 * try again; a warning in the log tells of each such shortage once), INPROGRESS (Windows only), ERROR (bad arguments,
 * not listening, disconnected while waiting, system error). In all but OK *accepted_socket is NULL. */
MOCKABLE_FUNCTION(, SOCKET_ACCEPT_RESULT, socket_transport_accept, SOCKET_TRANSPORT_HANDLE, socket_transport,
                  SOCKET_TRANSPORT_HANDLE*, accepted_socket, uint32_t, connection_timeout_ms);

/* Sends buffer_count pieces.
 * Windows: one WSASend with flags, and data as its OVERLAPPED (NULL: blocks until the bytes are taken).
 * Linux: blocks until the system has taken all bytes, whether the descriptor is in blocking mode or
 * not; two of these never mix their bytes. flags are those of sendmsg; with MSG_DONTWAIT it takes what
 * there is room for. data is not used. Never raises SIGPIPE.
 * SOCKET_SEND_INVALID_ARG: NULL handle or payload, or buffer_count 0. SOCKET_SEND_ERROR: not open;
 * the thread's last error (errno on Linux) is then WSAENOTCONN (ENOTCONN). SOCKET_SEND_OK: done, and
 * *bytes_sent if not NULL. SOCKET_SEND_FAILED: the last error is the system's; WSA_IO_PENDING means the
 * overlapped send is on its way. On Linux also: ECANCELED when a disconnect ended it, EAGAIN when there
 * was room for nothing (MSG_DONTWAIT), ETIMEDOUT after the socket's SO_SNDTIMEO, EMSGSIZE for more than
 * UINT32_MAX bytes. */
MOCKABLE_FUNCTION(, SOCKET_SEND_RESULT, socket_transport_send, SOCKET_TRANSPORT_HANDLE, socket_transport,
                  const SOCKET_BUFFER*, payload, uint32_t, buffer_count, uint32_t*, bytes_sent, uint32_t, flags, void*,
                  data);

/* Receives into buffer_count pieces, in order; ends with the first bytes that are there. 0 bytes: the
 * peer has ended the stream.
 * Windows: one WSARecv, as above. Linux: blocks as above; flags are those of recvmsg, but MSG_WAITALL is
 * refused (EOPNOTSUPP), as are pieces without any room (EINVAL). data is not used.
 * SOCKET_RECEIVE_INVALID_ARG and SOCKET_RECEIVE_OK as above. SOCKET_RECEIVE_WOULD_BLOCK: the
 * overlapped receive is on its way; on Linux: nothing is there (MSG_DONTWAIT, errno EAGAIN). *bytes_recv
 * is 0. SOCKET_RECEIVE_ERROR: not open (last error WSAENOTCONN, ENOTCONN), or the system's error, left
 * as the last error; on Linux also ECANCELED when a disconnect ended it, and ETIMEDOUT after the
 * socket's SO_RCVTIMEO. */
MOCKABLE_FUNCTION(, SOCKET_RECEIVE_RESULT, socket_transport_receive, SOCKET_TRANSPORT_HANDLE, socket_transport,
                  SOCKET_BUFFER*, payload, uint32_t, buffer_count, uint32_t*, bytes_recv, uint32_t, flags, void*, data);

/* Refuses new calls, cancels what is pending (overlapped and blocking), waits for the calls inside
 * and closes the socket, once. An overlapped call of the caller's own is cancelled once, and its OVERLAPPED stays the
 * caller's: on Wine 10 a cancel may miss a send that is just moving, which then goes on (an async socket's do not).
 * Never waits for the peer: bytes that the system has taken go on in the
 * background, also where SO_LINGER (perhaps the listener's) asks for a wait; SO_LINGER with no time makes
 * the end a reset. On a handle that is not open, and for NULL, it only returns: before,
 * after or instead of async_socket_close it is always safe. */
MOCKABLE_FUNCTION(, void, socket_transport_disconnect, SOCKET_TRANSPORT_HANDLE, socket_transport);

/* The socket, still owned by the handle; (SOCKET_HANDLE)INVALID_SOCKET for NULL or a handle that is
 * not open. */
MOCKABLE_FUNCTION(, SOCKET_HANDLE, socket_transport_get_underlying_socket, SOCKET_TRANSPORT_HANDLE, socket_transport);

/* True for an open handle. */
MOCKABLE_FUNCTION(, bool, socket_transport_is_valid_socket, SOCKET_TRANSPORT_HANDLE, socket_transport_handle);

/* This machine's host name, and its addresses: those of its network interfaces (the loopback's if there
 * are no others), whether the name resolves or not. On success (0)
 * *local_address_list is an array of *address_count entries, which the caller owns. An address that does not
 * fit an entry is left out.
 * The array comes from malloc of the C library that this library is built with, and goes back to free of the
 * same one. c-pal takes it from its gballoc_hl, and code that was written for that calls a free that is
 * gballoc_hl_free by a macro. The two go together only where gballoc passes on to that malloc and counts
 * nothing; with another allocator behind it (mimalloc, jemalloc), with its measuring or with another C library
 * (on Windows msvcrt beside ucrt) the array has to be given to that free, by a file that does not redirect it. */
MOCKABLE_FUNCTION(, int, socket_transport_get_local_address, SOCKET_TRANSPORT_HANDLE, socket_transport, char*, hostname,
                  LOCAL_ADDRESS**, local_address_list, uint32_t*, address_count);

#ifdef __cplusplus
}
#endif

#endif /* C_PAL_SOCKET_TRANSPORT_H */
