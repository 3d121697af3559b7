/* How something ended: the answer of every function of this interface that can fail, and what every callback is told.
 *
 * Three words: how it ended, how many bytes it moved, and the system's own code. The bytes are exact, however it ended:
 * a send that was cut in the middle tells how much went out, a receive how much is in the buffers.
 *
 * The answer of a function that starts an operation has `how` AS_DONE if the operation was accepted, and will end in a
 * callback of its own; anything else says why it was refused, and there is no callback. */
#ifndef ASYNC_SOCKET_OUTCOME_H
#define ASYNC_SOCKET_OUTCOME_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The numbers are part of the binary interface. More may be added behind: treat one that you do not know as
 * AS_FAILED. */
typedef enum as_how {
    AS_DONE = 0,           /* all that was asked for */
    AS_END_OF_STREAM = 1,  /* of a receive: the peer has ended its stream and sends nothing any more */
    AS_RESET = 2,          /* by the peer, or by what is between: bytes may be lost */
    AS_CLOSED_HERE = 3,    /* on this side, by the program; or it never was open */
    AS_CANCELLED = 4,      /* by the program, this operation alone */
    AS_TIMED_OUT = 5,      /* its deadline came first, or the system gave up waiting for the peer */
    AS_REFUSED = 6,        /* nobody listens there */
    AS_UNREACHABLE = 7,    /* there is no way to that address */
    AS_NO_SUCH_NAME = 8,   /* nobody knows a host or service of that name */
    AS_NO_ROOM = 9,        /* memory, buffers, descriptors or threads are out */
    AS_NOT_AVAILABLE = 10, /* this system, or this library on it, has no such thing */
    AS_INVALID = 11,       /* the call made no sense: an argument is missing or out of range; nothing was done */
    AS_FAILED = 12         /* anything else; `code` says what */
} as_how;

/* 16 bytes on every platform. */
typedef struct as_outcome {
    uint64_t bytes; /* that were moved */
    uint32_t how;   /* an as_how; as a number of fixed size, so that the layout is the same for every compiler */
    uint32_t code;  /* the system's: on Linux errno, or a number of getaddrinfo's, which are below 0, so that
                     * (int32_t)code is EAI_NONAME, for instance; a Windows or Winsock error on Windows; 0 if it said
                     * nothing. For messages (as_code_text): programs look at `how` */
} as_outcome;

/* One short English phrase without a full stop, for ever valid: "timed out". For a number that is no as_how: "failed".
 * Any thread. */
const char* as_how_text(uint32_t how);

/* Writes what the system says of `code` into `text`, which has room for `size` bytes with the 0 at the end: one line
 * without a full stop, cut to the room; in English where the system has it so. "" for 0 and for a code that the system
 * does not know. Answers the length of what was written, without the 0. With a `size` of 0 nothing is written, and
 * `text` may be NULL. Any thread. */
size_t as_code_text(uint32_t code, char* text, size_t size);

#ifdef __cplusplus
}
#endif

#endif /* ASYNC_SOCKET_OUTCOME_H */
