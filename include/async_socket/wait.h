/* A thread of the program's waits until another one, or a callback, has done something: the one blocking call that a
 * program needs which does everything else by callbacks, in its main(), say.
 *
 *     static uint32_t is_over;                                  (0, to be read and written by atomic operations)
 *     in the callback:  atomic_store(&is_over, 1); as_wake(&is_over);
 *     in main():        while (atomic_load(&is_over) == 0) { (void)as_wait(&is_over, 0, AS_NEVER); }
 *
 * Any thread, callbacks included: one that waits in a callback keeps its thread, and the callbacks of its own direction
 * of its stream, but holds up no other stream as long as the engine may run another callback. */
#ifndef ASYNC_SOCKET_WAIT_H
#define ASYNC_SOCKET_WAIT_H

#include <stdint.h>

#include "async_socket/deadline.h"
#include "async_socket/outcome.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Waits while the word has this value, until somebody wakes those who wait on it. AS_DONE: at once if it has another
 * value; soon after as_wake; or for no reason, so look at the word again. AS_TIMED_OUT: the deadline has come, and the
 * word had this value. AS_INVALID: `word` is NULL, or not aligned to its size. */
as_outcome as_wait(const uint32_t* word, uint32_t value, as_deadline deadline);

/* Wakes all that wait on the word, of this process. It is not looked at, so that it may be gone by now: who waits for a
 * word in memory that goes may free it as soon as the word says so. NULL: does nothing. */
void as_wake(uint32_t* word);

#ifdef __cplusplus
}
#endif

#endif /* ASYNC_SOCKET_WAIT_H */
