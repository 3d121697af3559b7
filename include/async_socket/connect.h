/* Connections that this program makes: as a stream for each connect. */
#ifndef ASYNC_SOCKET_CONNECT_H
#define ASYNC_SOCKET_CONNECT_H

#include <stddef.h>
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
 * system). So a program has to look at both. A deadline that is over already refuses nothing: what the system connects
 * at once is told AS_DONE, anything else AS_TIMED_OUT. On Linux a local address (AF_UNIX) whose listener's queue is
 * full is AS_NO_ROOM: the system tells nobody when it is not full any more. One that is under way keeps the engine, as
 * a stream does. Callbacks of several may run at the same time. Any thread. */
as_outcome as_connect_address(as_engine* engine, const as_address* address, as_operation* operation, as_stream** stream,
                              as_deadline deadline);

/* Where a connect goes to: a name, or addresses instead. Name the members, so that those that you do not know are 0. */
typedef struct as_target {
    const char* host;            /* as in as_question (resolve.h); not NULL, unless there are addresses */
    const char* service;         /* the same; NULL: the port is 0 */
    uint32_t family;             /* the same: AS_IPV4, AS_IPV6, or AS_NO_FAMILY for both */
    uint32_t address_count;      /* not more than 64; 0: the name is looked up */
    const as_address* addresses; /* each of some family; the members above do not count then, and are 0 */
} as_target;

/* One address that was tried, and how that ended. */
typedef struct as_attempt {
    as_address address;
    as_outcome outcome;
} as_attempt;

/* Begin with AS_CONNECT_OPTIONS, and change what is to be another. */
typedef struct as_connect_options {
    uint32_t size;                  /* of this structure as the program was compiled: sizeof(as_connect_options);
                                     * anything else is AS_INVALID */
    uint32_t delay_ms;              /* what each address has before the next one is tried beside it; 0: 250 */
    const as_option_value* options; /* set on the socket of each attempt before it connects, in this order; or NULL */
    uint32_t option_count;          /* so many; 0 for NULL */
    uint32_t attempt_capacity;      /* of `attempts`; 0 for NULL */
    const as_address* from;         /* the address of this machine that each attempt comes from; its port is 0 as a
                                     * rule: the system chooses one. NULL: it chooses the address, too */
    as_attempt* attempts;           /* room for what is told of each address that was tried, in that order; or NULL */
    uint32_t* attempt_count;        /* how many were tried, perhaps more than there is room for; or NULL */
    as_address* reached;            /* the address that it became, if it is AS_DONE; or NULL */
} as_connect_options;

#define AS_CONNECT_OPTIONS                                                          \
    {                                                                               \
        (uint32_t)sizeof(as_connect_options), 0, NULL, 0, 0, NULL, NULL, NULL, NULL \
    }

/* Looks the name up and connects to one of its addresses, as RFC 8305 has it ("happy eyeballs"): IPv6 and IPv4 by
 * turns, IPv6 first, each in the order of the resolver, or that of the caller's addresses. The next one is tried as
 * soon as the last one has failed, or has had its time, and those before it go on beside it. The first that is
 * connected has won; the others are closed before the callback.
 *
 * The texts and the addresses of the target are copied. `options` (NULL: AS_CONNECT_OPTIONS), all that they point to,
 * and `stream` stay where they are until the callback begins, and are written before it.
 *
 * The callback, on a thread of the engine, is told AS_DONE, and then *stream is as one of as_stream_adopt, the caller's
 * to close; otherwise it is as it was, and nothing is left of any attempt:
 * - what as_resolve says of the name: AS_NO_SUCH_NAME, AS_FAILED ...; nothing was tried then;
 * - how the attempt failed that tells the most. That is, in this order, AS_REFUSED, AS_RESET, AS_TIMED_OUT, AS_NO_ROOM,
 *   AS_FAILED, and at last, whichever was first, AS_UNREACHABLE, which IPv6 is on many machines, or AS_NOT_AVAILABLE.
 *   Each attempt's own is in `attempts`;
 * - AS_CANCELLED, AS_TIMED_OUT (the deadline came, which is that of all together), soon; attempts that were under way
 *   are told the same, or, if another has won, AS_CANCELLED. One that is connected when the cancel or the deadline
 *   comes is told AS_DONE. A deadline that is over already refuses nothing: it comes at once, and an attempt may be
 *   faster.
 * `bytes` is 0.
 *
 * An attempt fails with AS_NOT_AVAILABLE if the system has no such family, or one of the options is none that it has
 * for such a socket; if it refuses one for another reason, with that. It fails with AS_UNREACHABLE if `from` is of
 * another family than the address (name the family of the target, and no such attempt is made), or is none of this
 * machine's; with AS_FAILED if its port is taken, as that of another attempt that is under way from the same one. In
 * each case nothing is sent, and the next address is tried at once. A `from` of AS_UNIX makes a file, which nobody
 * removes.
 *
 * Refused with AS_INVALID: an argument is NULL that is needed, or the target or the options make no sense: an option
 * that is out of range, or there twice (option.h), a `from` of no family. AS_NO_ROOM, AS_NOT_AVAILABLE, AS_CLOSED_HERE
 * as by as_resolve. What an address has failed with is never told by the call.
 *
 * It allocates one block of memory, beside what the streams of its attempts and the lookup need, since the state of a
 * race depends on how many addresses a name has. One that is under way keeps the engine, as a stream does. Any thread.
 */
as_outcome as_connect(as_engine* engine, const as_target* target, const as_connect_options* options,
                      as_operation* operation, as_stream** stream, as_deadline deadline);

#ifdef __cplusplus
}
#endif

#endif /* ASYNC_SOCKET_CONNECT_H */
