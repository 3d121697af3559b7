/* Being told when a point in time has come. */
#ifndef ASYNC_SOCKET_TIMER_H
#define ASYNC_SOCKET_TIMER_H

#include "async_socket/deadline.h"
#include "async_socket/engine.h"
#include "async_socket/operation.h"
#include "async_socket/outcome.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Ends `operation` when the time has come: with AS_DONE, never early, and not inside this call even if it is over
 * already. as_operation_cancel ends it before that, with AS_CANCELLED; one whose time is AS_NEVER ends by that
 * only. Which of the two comes first wins. The outcome has 0 bytes.
 *
 * A timer keeps its engine in use as a stream does: as_engine_end lets the engine go on for it, and
 * as_engine_end_and_wait is refused while it is pending. When its callback begins it does not any more, so whoever is
 * told may end the engine; as_engine_end_and_wait then waits for the callback.
 *
 * Callbacks of different timers, also of one point in time, come in no particular order and may run at the same time.
 * One that blocks holds up no other timer, as long as the engine has a thread for another callback. What is not
 * promised: how late it comes. The system's clock has its steps (about a millisecond on Linux, up to 16 on Windows),
 * and a callback needs a thread.
 *
 * Costs no memory but the operation's, however many there are. Refused with AS_INVALID (an argument is NULL, or
 * `on_end` is), AS_NOT_AVAILABLE (the engine is of the process from which this one was forked), AS_NO_ROOM (Windows:
 * there is no room for what the first one of an engine needs of the system's pool). Any thread. */
as_outcome as_timer_start(as_engine* engine, as_operation* operation, as_deadline deadline);

#ifdef __cplusplus
}
#endif

#endif /* ASYNC_SOCKET_TIMER_H */
