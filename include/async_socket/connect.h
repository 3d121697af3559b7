/* Connections that this program makes: as a stream for each connect. */
#ifndef ASYNC_SOCKET_CONNECT_H
#define ASYNC_SOCKET_CONNECT_H

#include "async_socket/address.h"
#include "async_socket/deadline.h"
#include "async_socket/engine.h"
#include "async_socket/operation.h"
#include "async_socket/outcome.h"
#include "async_socket/stream.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Connects to one address, and waits for the answer as long as the system does, until the deadline, or until it is
 * cancelled (as_operation_cancel). `address` is not needed when the call has returned; `stream` stays where it is until
 * the callback begins.
 *
 * The callback, on a thread of the engine, is told AS_DONE, and then *stream has been set: it is as one of
 * as_stream_adopt, and the caller's to close. Otherwise *stream is as it was, and nothing is left of the connection:
 * AS_REFUSED: nobody listens there. AS_UNREACHABLE: no way leads there. AS_TIMED_OUT: the deadline came, or the system
 * has given up waiting. AS_CANCELLED; one that is connected when the cancel comes is told AS_DONE. AS_RESET,
 * AS_NO_ROOM, AS_FAILED. What the system knows at once is the answer of the call, and there is no callback: the same,
 * and AS_INVALID (an argument is missing, or the address is of no family) and AS_NOT_AVAILABLE (no such family on this
 * system). So a program has to look at both. On Linux a local address (AF_UNIX) whose listener's queue is full is
 * AS_NO_ROOM: the system tells nobody when it is not full any more. One that is under way keeps the engine, as a stream
 * does. Callbacks of several may run at the same time. Any thread. */
as_outcome as_connect_address(as_engine* engine, const as_address* address, as_operation* operation, as_stream** stream,
                              as_deadline deadline);

#ifdef __cplusplus
}
#endif

#endif /* ASYNC_SOCKET_CONNECT_H */
