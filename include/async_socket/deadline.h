/* Until when something may take. Deadlines are points in time, not lengths: one that was set at the beginning of a
 * request passes through all the operations that the request consists of, and nobody has to count what is left. */
#ifndef ASYNC_SOCKET_DEADLINE_H
#define ASYNC_SOCKET_DEADLINE_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Nanoseconds of a clock that only goes forward: as_now. */
typedef uint64_t as_deadline;

/* None: it may take for ever. */
#define AS_NEVER UINT64_MAX

/* The time now. Its beginning is the system's business; of two processes on one machine it is not promised to be the
 * same. Any thread. */
as_deadline as_now(void);

/* So many milliseconds from now. AS_NEVER if that is later than the clock can say. Any thread. */
as_deadline as_in_ms(uint64_t ms);

#ifdef __cplusplus
}
#endif

#endif /* ASYNC_SOCKET_DEADLINE_H */
