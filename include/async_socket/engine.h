/* The threads that do the work and run the callbacks, and what they wait with: a thread pool of the operating system on
 * Windows, threads of the library's own over epoll on Linux. A program has one, as a rule.
 *
 * Streams keep their engine: it may be ended at any time, and goes on for those that are open.
 *
 * On Linux the library's threads block every signal but those that a thread's own mistakes raise (SIGSEGV, SIGBUS,
 * SIGFPE, SIGILL, SIGTRAP, SIGABRT, SIGSYS). So a handler of the program's runs on a thread of the program's, and a
 * callback that has to be interrupted, or starts a program, unblocks by itself what it needs: a child inherits what its
 * thread blocks. */
#ifndef ASYNC_SOCKET_ENGINE_H
#define ASYNC_SOCKET_ENGINE_H

#include <stdbool.h>
#include <stdint.h>

#include "async_socket/outcome.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct as_engine as_engine;

/* Begin with AS_ENGINE_OPTIONS, and change what is to be another. */
typedef struct as_engine_options {
    uint32_t size; /* of this structure as the program was compiled: sizeof(as_engine_options); anything else is
                    * AS_INVALID */
    uint32_t
        callbacks;     /* the most that run at once; 0: no limit. Those that wait inside as_stream_close do not count */
    uint32_t threads;  /* kept although idle; 0: as many as are usual, one for each processor that the process may use
                        * on Linux, 4 on Windows. Not more than `callbacks`, if that is not 0 */
    uint32_t reserved; /* 0 */
} as_engine_options;

#define AS_ENGINE_OPTIONS                            \
    {                                                \
        (uint32_t)sizeof(as_engine_options), 0, 0, 0 \
    }

/* Makes an engine; NULL for the options means AS_ENGINE_OPTIONS. *engine is set if the answer is AS_DONE, and only
 * then: it is the caller's, who ends it. AS_INVALID: engine is NULL, or the options make no sense. AS_NO_ROOM: threads,
 * memory or descriptors are out. AS_FAILED: anything else that the system has no pool for. Any thread. */
as_outcome as_engine_create(const as_engine_options* options, as_engine** engine);

/* Gives the engine up without waiting: its threads end when the last stream on it is closed. For any thread, callbacks
 * included; NULL: does nothing. Afterwards the caller may not use `engine` any more. */
void as_engine_end(as_engine* engine);

/* The same, and waits until every callback has returned, those that have closed their own stream included; so that code
 * and memory that callbacks use can go. Every stream on the engine has been closed before. AS_DONE: nothing of the
 * engine runs any more. AS_INVALID, and nothing is done: NULL, in a callback of any engine's, or something is in use: a
 * stream or listener is open, a timer, a lookup or a connect has not ended. Blocks as long as the slowest callback, and
 * until the system's resolver has let go of names whose lookups were cancelled, which can take long. */
as_outcome as_engine_end_and_wait(as_engine* engine);

/* What waits for the system's events: "epoll", "system pool". Valid for ever. "" for NULL. Any thread. */
const char* as_engine_backend(const as_engine* engine);

/* Whether this thread is inside a callback of any engine's, c-pal's among them: then it may not wait for one that comes
 * after it. Any thread. */
bool as_is_in_callback(void);

#ifdef __cplusplus
}
#endif

#endif /* ASYNC_SOCKET_ENGINE_H */
