/* Names to addresses, without waiting for them: the system's own resolver is asked, as every other program of the
 * machine asks it (DNS, the hosts file, and what else the machine is set up with), on threads of its own beside those
 * of the engine. A slow name does not hold up others, until 16 are slow at once on one engine; then they wait in line.
 * A question that was cancelled, or whose deadline has come, is one of them until the system comes back from it.
 *
 * A question that is under way keeps its engine, as a stream does. */
#ifndef ASYNC_SOCKET_RESOLVE_H
#define ASYNC_SOCKET_RESOLVE_H

#include <stdint.h>

#include "async_socket/address.h"
#include "async_socket/deadline.h"
#include "async_socket/engine.h"
#include "async_socket/operation.h"
#include "async_socket/outcome.h"

#ifdef __cplusplus
extern "C" {
#endif

/* The addresses are for a listener: without a host, those of all interfaces. */
#define AS_QUESTION_PASSIVE 1U
/* The host is an address in its notation. Nobody is asked for a name. */
#define AS_QUESTION_NUMERIC 2U

/* What is asked. Begin with {0}, or name the members, so that those that you do not know are 0. */
typedef struct as_question {
    const char* host;    /* a name, or an address in the system's notation, of at most 255 bytes without blanks;
                          * IPv6 without brackets, "::1": "[::1]" is a name that nobody knows; with a scope, "fe80::1%1"
                          * or "fe80::1%eth0": so is one whose interface has a name that this machine has not. Names
                          * that are not ASCII are best given in their ASCII form ("xn--"). NULL only if passive */
    const char* service; /* a port in decimal digits, 0 to 65535, or the name of a service of at most 63 bytes
                          * ("http"); NULL: the port is 0 */
    uint32_t family;     /* an as_family: AS_IPV4 or AS_IPV6, only such addresses; AS_NO_FAMILY: both */
    uint32_t flags;      /* AS_QUESTION_... */
} as_question;

/* Looks up which addresses the host has, with the port of the service, in the order in which the system would try them.
 * The texts are copied; nobody looks at the question when this has returned.
 *
 * The callback is told
 * - AS_DONE: *count addresses were found, at least one and at most 64 (of more, the last are lost). The first
 *   `capacity` of them are in `addresses`. If *count is greater, ask again with more room.
 * - AS_NO_SUCH_NAME: nobody knows such a host or service, or it has no address of that family.
 * - AS_CANCELLED, soon after as_operation_cancel, or AS_TIMED_OUT, soon after the deadline: nobody waits for the
 *   system, which may go on for a while. Which of these and of the answer comes first wins.
 * - AS_NO_ROOM, or AS_FAILED: perhaps for a moment only, as when a server of names did not answer or could not.
 * `code` is what the system has said (outcome.h), `bytes` is 0. *count is 0 unless it is AS_DONE. A system without a
 * server that answers may take half a minute and longer.
 *
 * Refused with AS_INVALID: an argument is NULL that is needed, or the question makes no sense: an empty host or
 * service, one that is too long or has blanks in it, a port that is none, a family that names do not have, a flag that
 * is none. AS_NO_ROOM: memory or threads are out. AS_NOT_AVAILABLE: the engine was made in another process, from which
 * this one was forked; what was under way there ends there, and never here. AS_CLOSED_HERE: the process is ending.
 *
 * `addresses` and `count` stay where they are until the callback begins; `addresses` may be NULL if the capacity is 0.
 * Any thread. */
as_outcome as_resolve(as_engine* engine, const as_question* question, as_operation* operation, as_address* addresses,
                      uint32_t capacity, uint32_t* count, as_deadline deadline);

#ifdef __cplusplus
}
#endif

#endif /* ASYNC_SOCKET_RESOLVE_H */
