/* Something under way: the caller's memory for one thing that was started and has not ended.
 *
 * An operation is the caller's: on the stack of somebody who waits, in an object of the program's, in an array. Fill in
 * what to call at the end, start something with it, and neither move nor change it until that call has begun; then it
 * is the caller's again, and may be used for the next start inside the callback. The library allocates nothing for it:
 * a send, a receive, a shutdown and a timer need no memory but this. What makes something allocates what it makes, and
 * says AS_NO_ROOM if there is no memory for it: a connect and an accept a stream, a lookup its question and its answer.
 *
 *     static void sent(as_operation* operation, as_outcome outcome) { ... }
 *     as_operation operation = {sent, my_connection, {0}};
 *
 * What is in `reserved` is the library's; it need not be cleared before a start. */
#ifndef ASYNC_SOCKET_OPERATION_H
#define ASYNC_SOCKET_OPERATION_H

#include <stdint.h>

#include "async_socket/outcome.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct as_operation as_operation;

/* The end of an operation: called exactly once for each that was accepted, on a thread of the engine, never inside the
 * call that started it. An exception may not leave it. */
typedef void (*as_callback)(as_operation* operation, as_outcome outcome);

/* Large enough for more than there is today: it stays this size. */
#ifdef _WIN32
#define AS_OPERATION_RESERVED 40
#else
#define AS_OPERATION_RESERVED 32
#endif

struct as_operation {
    as_callback on_end; /* not NULL */
    void* context;      /* for on_end; the library does not look at it */
    uint64_t reserved[AS_OPERATION_RESERVED];
};

/* Asks for the end of an operation that was accepted and whose callback has not begun. If it is not over yet it ends
 * with AS_CANCELLED, and with the bytes that it has moved; what is over is told as what it was, so that nothing is
 * lost:
 * - a receive that is cancelled has received nothing; what arrives is for the next one. One that has got bytes is told
 *   as AS_DONE.
 * - a send that is cancelled in the middle tells how much went out, and no later send of the stream is accepted.
 * - a timer (timer.h) whose time has not come ends.
 * The others under way are not touched, and go on. It does not wait: the callback comes later, on a thread of the
 * engine. Any thread, any number of times. The callback may begin meanwhile; the memory of the operation has to stay
 * until both have returned, and a callback that starts it again may find that the cancel has met what it started. Does
 * nothing for NULL, for an operation that was refused or has ended, and for one that was never started and whose
 * `reserved` is all 0. */
void as_operation_cancel(as_operation* operation);

#ifdef __cplusplus
}
#endif

#endif /* ASYNC_SOCKET_OPERATION_H */
