/* How the completions of an async socket come to its callbacks: a choice that c-pal's interface does not
 * have. For all generations of that interface. */
#ifndef ASYNC_SOCKET_COMPLETION_MODE_H
#define ASYNC_SOCKET_COMPLETION_MODE_H

#include "c_pal/async_socket.h"

#ifdef __cplusplus
extern "C" {
#endif

/* DOCUMENTED  the default. On Windows each operation has an event of its own, and each completion comes
 *             from the pool, as c-pal's documents ask for.
 * FAST        on Windows: operations have no events of their own; one that succeeds at once costs the pool
 *             nothing; memory is used again, so that in the steady state none is allocated. What is promised of
 *             callbacks stays, with one addition: when a callback starts an operation and that succeeds at
 *             once, its callback runs on the same thread after the first has returned. So a callback must
 *             not wait for one of an operation that it has started (closing and destroying sockets in a
 *             callback works, as always).
 * On Linux there is one mode, which both names mean. */
typedef enum ASYNC_SOCKET_COMPLETION_MODE_TAG {
    ASYNC_SOCKET_COMPLETION_DOCUMENTED,
    ASYNC_SOCKET_COMPLETION_FAST
} ASYNC_SOCKET_COMPLETION_MODE;

/* For the opens that follow; what is open stays as it is. 0: done. Non-zero: async_socket is NULL or not
 * closed, or mode is no mode; nothing has changed then. Where the system cannot do what the fast mode needs
 * for a connection, that connection works all the same, only not as fast. Any thread; not at the same time
 * as an open of the same socket, which may or may not heed it. */
MOCKABLE_FUNCTION(, int, async_socket_set_completion_mode, ASYNC_SOCKET_HANDLE, async_socket,
                  ASYNC_SOCKET_COMPLETION_MODE, completion_mode);

#ifdef __cplusplus
}
#endif

#endif /* ASYNC_SOCKET_COMPLETION_MODE_H */
