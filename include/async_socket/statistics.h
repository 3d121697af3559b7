/* What has happened so far on a stream, and on all streams of an engine: numbers for whoever watches a program.
 *
 * They are counted always, and cost an operation next to nothing. To read them stops nobody, and waits for no operation
 * and no callback; any thread may, at any time, callbacks included.
 *
 * What is promised: each number but `streams_open` only grows, also from one call to the next on different threads that
 * know of each other. What a callback is told of has been counted when it begins: its operation, and its bytes. When
 * all callbacks of a stream have returned, its numbers are the sums of what they were told.
 *
 * What is not promised: that the numbers of one call are of one instant. While operations end, one of them may be
 * counted among the bytes and not yet among the operations.
 *
 * Only streams and listeners of this interface count, not the sockets of c-pal's. */
#ifndef ASYNC_SOCKET_STATISTICS_H
#define ASYNC_SOCKET_STATISTICS_H

#include <stdint.h>

#include "async_socket/engine.h"
#include "async_socket/outcome.h"
#include "async_socket/stream.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Begin with AS_STREAM_STATISTICS. There may be more numbers behind these one day: a program is told those that it was
 * compiled with, and 0 for those that the library it runs with does not know. */
typedef struct as_stream_statistics {
    uint32_t size;     /* of this structure as the program was compiled: sizeof(as_stream_statistics) */
    uint32_t reserved; /* 0 */

    /* Operations whose callback has begun, however they ended. Shutdowns count among the sends, and what
     * as_stream_drain_and_close does as what it does: a shutdown, and receives. Those that were refused do not count,
     * nor does the accept or the connect that the stream came from. */
    uint64_t sends;
    uint64_t receives;

    /* What the system has taken, and what is in buffers of the program's; of operations that are under way, too, as far
     * as the system has told: Windows tells of a call when all of it is done. */
    uint64_t bytes_sent;
    uint64_t bytes_received;

    uint64_t deadlines_passed; /* of its operations: those that have ended because their deadline, or the idle time of
                                * the stream, had come first */
} as_stream_statistics;

#define AS_STREAM_STATISTICS                                     \
    {                                                            \
        (uint32_t)sizeof(as_stream_statistics), 0, 0, 0, 0, 0, 0 \
    }

/* Writes the numbers behind `size`. AS_INVALID: an argument is NULL, or the size makes no sense. AS_CLOSED_HERE: it is
 * being closed. */
as_outcome as_stream_get_statistics(as_stream* stream, as_stream_statistics* statistics);

/* Begin with AS_ENGINE_STATISTICS. It may grow as that of streams. */
typedef struct as_engine_statistics {
    uint32_t size;     /* of this structure as the program was compiled: sizeof(as_engine_statistics) */
    uint32_t reserved; /* 0 */

    /* As those of a stream: the sums of all streams that there are and were, connections released among them. */
    uint64_t sends;
    uint64_t receives;
    uint64_t bytes_sent;
    uint64_t bytes_received;

    uint64_t streams_open; /* now: adopted, accepted or connected, and not closed or released yet */

    uint64_t connections_accepted; /* accepts that were told AS_DONE */
    uint64_t connections_lost; /* connections that went wrong before an accept was told of them, as far as the system
                                * says so, and those that there was no memory for a stream for */
    uint64_t accept_shortages; /* times that a listener had no descriptors or memory for a connection, so that
                                * accepts had to wait; one that lasts counts once */

    /* Each address that was tried: by as_connect_address, and by as_connect, which may try several at once. Those that
     * failed are all that have not ended with AS_DONE, also those that were cancelled because another one was faster.
     */
    uint64_t connects_done;
    uint64_t connects_failed;

    uint64_t deadlines_passed; /* operations of streams, listeners and the engine that have ended because a deadline, or
                                * the idle time of their stream, had come first; timers, for which that is no
                                * failure, do not count */
} as_engine_statistics;

#define AS_ENGINE_STATISTICS                                                       \
    {                                                                              \
        (uint32_t)sizeof(as_engine_statistics), 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0 \
    }

/* Writes the numbers behind `size`. It takes the longer the more streams are open, and one that is opened or closed
 * meanwhile waits for that: some microseconds for a thousand. AS_INVALID: an argument is NULL, or the size makes no
 * sense. AS_NOT_AVAILABLE: the engine is of the process from which this one was forked. */
as_outcome as_engine_get_statistics(as_engine* engine, as_engine_statistics* statistics);

#ifdef __cplusplus
}
#endif

#endif /* ASYNC_SOCKET_STATISTICS_H */
