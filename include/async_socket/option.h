/* What can be set of a stream's socket, and read: of one that there is (stream.h), of those that a connect makes before
 * they connect (connect.h), and of those that a listener takes (listener.h). Every value is a number in the unit that
 * stands beside it.
 *
 * An option that a system has not, or this kind of socket (a local one has no keepalive), is AS_NOT_AVAILABLE, and
 * nothing has changed. What a system accepts and then does otherwise (it may round, or double a buffer's size for its
 * own bookkeeping, as Linux does) is seen by reading the option. */
#ifndef ASYNC_SOCKET_OPTION_H
#define ASYNC_SOCKET_OPTION_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The numbers are part of the binary interface. */
typedef enum as_option {
    /* 1: small pieces go out at once; 0: they wait for what is unacknowledged (Nagle's algorithm). TCP. */
    AS_OPTION_NO_DELAY = 1,

    /* 1: an idle peer is asked whether it is still there; what was under way on a connection whose peer is not ends
     * with AS_TIMED_OUT. */
    AS_OPTION_KEEP_ALIVE = 2,
    /* Seconds without a byte until it is asked, seconds between two questions, and how many are not answered before it
     * is given up. 1 to 32767, of the last one to 127. TCP. Not on Wine before version 10. */
    AS_OPTION_KEEP_ALIVE_IDLE = 3,
    AS_OPTION_KEEP_ALIVE_INTERVAL = 4,
    AS_OPTION_KEEP_ALIVE_COUNT = 5,

    /* Bytes that the system keeps for this socket: those that the peer has not taken, and those that nobody has
     * received. How large TCP's window may become is agreed when the connection is made, so a large one is best set by
     * the options of the connect, or of the listener. */
    AS_OPTION_SEND_BUFFER = 6,
    AS_OPTION_RECEIVE_BUFFER = 7,

    /* AS_NO_LINGER: at a close the system goes on with what is unsent. 0: it throws it away and resets the connection.
     * Seconds up to 65535: as AS_NO_LINGER, since as_stream_close never waits; for those who use the socket after
     * as_stream_release. */
    AS_OPTION_LINGER = 8,

    /* Milliseconds that sent bytes may be unacknowledged before the connection ends with AS_TIMED_OUT; 0: as the system
     * likes, some ten minutes as a rule. TCP. Not on Wine. */
    AS_OPTION_USER_TIMEOUT = 9,

    /* The system takes bytes only while fewer than so many of this socket are unsent: so they wait in the program,
     * where they can still be changed or cancelled, and not in the system. TCP on Linux. */
    AS_OPTION_UNSENT_LOW_WATER = 10
} as_option;

/* Of AS_OPTION_LINGER. */
#define AS_NO_LINGER UINT64_MAX

/* An option and what it is to be: what lists of options consist of, `{AS_OPTION_NO_DELAY, 1}`. A list makes sense if
 * each of its values is in range and no option is there twice. */
typedef struct as_option_value {
    uint32_t option; /* an as_option */
    uint64_t value;
} as_option_value;

#ifdef __cplusplus
}
#endif

#endif /* ASYNC_SOCKET_OPTION_H */
