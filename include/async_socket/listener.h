/* What takes connections that others make: as a stream for each accept.
 *
 * A listener has one or more addresses, and each accept is given the next connection to any of them. All functions may
 * be called from any thread at any time, callbacks included, but not after as_listener_close has returned; what is
 * called while it runs is refused with AS_CLOSED_HERE. A listener keeps its engine, as a stream does.
 *
 * What is promised of accepts:
 * - One that was started ends in exactly one callback, on a thread of the engine, never inside the call that started
 *   it. One that was refused has none.
 * - Any number may be under way. Their callbacks come in the order of the calls, one after the other; only one that is
 *   told AS_CANCELLED, or AS_TIMED_OUT, may overtake others. So a callback may not wait for another accept.
 * - A connection that goes wrong before anybody has it ends nothing: the accept waits for the next.
 * - While the system has no descriptors or memory for a connection the accept waits until it has some, and a warning
 *   says so once; the connection waits in the system meanwhile.
 * - An accept that has a connection is told AS_DONE, whatever comes then: no cancel and no close throws it away.
 * What is not promised: that the peer is still there. On Windows the system hands over connections ahead of the
 * accepts, one for each address at most; one that nobody has asked for when the listener is closed ends like those that
 * wait in the system: the peer sees a reset. */
#ifndef ASYNC_SOCKET_LISTENER_H
#define ASYNC_SOCKET_LISTENER_H

#include <stdint.h>

#include "async_socket/address.h"
#include "async_socket/deadline.h"
#include "async_socket/engine.h"
#include "async_socket/operation.h"
#include "async_socket/option.h"
#include "async_socket/outcome.h"
#include "async_socket/stream.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct as_listener as_listener;

/* Begin with AS_LISTENER_OPTIONS, and change what is to be another. */
typedef struct as_listener_options {
    uint32_t size;                  /* of this structure as the program was compiled: sizeof(as_listener_options);
                                     * anything else is AS_INVALID */
    uint32_t backlog;               /* connections that wait in the system, for each address; 0: as many as it allows */
    uint32_t ipv6_only;             /* 1: an IPv6 address takes no IPv4. 0: "::" takes both; then do not list "0.0.0.0",
                                     * too */
    uint32_t reuse_address;         /* 1: a port can be had although connections of an earlier listener on it, which had
                                     * 1, too, have not faded away in the system. 0: it cannot, where the system makes a
                                     * difference (Linux). In both cases nobody shares or takes over the port of a
                                     * listener that is there */
    const as_option_value* options; /* what each stream that is accepted has from the beginning; or NULL */
    uint32_t option_count;          /* so many; 0 for NULL */
    uint32_t reserved;              /* 0 */
} as_listener_options;

#define AS_LISTENER_OPTIONS                                        \
    {                                                              \
        (uint32_t)sizeof(as_listener_options), 0, 1, 1, NULL, 0, 0 \
    }

/* Listens at `count` addresses, at least one and at most AS_LISTENER_ADDRESSES: at all of them or at none. NULL for the
 * options means AS_LISTENER_OPTIONS. The addresses and the options are not needed afterwards.
 *
 * Port 0 is a free one of the system's choice. Further addresses with port 0 get the port of the first one of the list
 * that has a port; if that was the system's choice and is taken at another of the addresses, a few others are tried.
 * On Linux an address of AF_UNIX creates its file, which has to be gone before, and which nobody removes.
 *
 * The options for streams are set where it listens, since the size of a connection's window is agreed before anybody
 * accepts it, and again on each connection before it is told of. A connection that the system refuses one for, which it
 * has not refused to the listener, is closed, a warning says so, and the accept waits for the next.
 *
 * *listener is set if the answer is AS_DONE, and only then; connections come in from now on, and wait. AS_INVALID: an
 * argument is missing, an address is of no family, or the options make no sense: one for streams is out of range, or
 * there twice (option.h). AS_NOT_AVAILABLE: the system has no such family, or no such option. AS_UNREACHABLE: the
 * address is not one of this machine. AS_NO_ROOM: memory or descriptors are out. AS_FAILED: anything else, a port that
 * is taken among it; `code` says what. Does not block. */
#define AS_LISTENER_ADDRESSES 64
as_outcome as_listener_open(as_engine* engine, const as_address* addresses, uint32_t count,
                            const as_listener_options* options, as_listener** listener);

/* Where it listens: the address with this index, in the order in which they were given, with its port. AS_INVALID: an
 * argument is NULL, or there are not so many. */
as_outcome as_listener_address(as_listener* listener, uint32_t index, as_address* address);

/* Takes the next connection. `stream` stays where it is until the callback begins; *stream is set if the callback is
 * told AS_DONE, and only then: it is as one of as_stream_adopt, on the listener's engine, and the caller's to close.
 *
 * The callback is told AS_DONE, AS_CLOSED_HERE, AS_CANCELLED, AS_TIMED_OUT (the deadline), AS_NO_ROOM (there was a
 * connection, but no memory for a stream of it: it was closed, and the listener goes on), AS_FAILED. Refused with
 * AS_INVALID (an argument), AS_CLOSED_HERE, AS_NO_ROOM, AS_FAILED. */
as_outcome as_listener_accept(as_listener* listener, as_operation* operation, as_stream** stream, as_deadline deadline);

/* Stops listening, ends the accepts under way (AS_CLOSED_HERE; AS_DONE if one has its connection already), waits until
 * all their callbacks have returned, and frees the listener. The streams that it has given stay. In a callback of the
 * listener's own it does not wait for that one. NULL: does nothing. Connections that nobody has accepted end: their
 * peers see a reset. */
void as_listener_close(as_listener* listener);

#ifdef __cplusplus
}
#endif

#endif /* ASYNC_SOCKET_LISTENER_H */
