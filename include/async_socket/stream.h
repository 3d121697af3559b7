/* A connected stream of bytes, in both directions: what is sent and received on.
 *
 * A stream is made from a connected socket of the system's, and lives until it is closed. All functions may be called
 * from any thread at any time, callbacks included, but not after as_stream_close has returned; what is called while it
 * runs is refused with AS_CLOSED_HERE.
 *
 * What is promised of operations:
 * - An operation that was accepted ends in exactly one callback, on a thread of the engine, never inside the call that
 *   started it. One that was refused has none, and its memory is the caller's at once.
 * - Bytes go out and come in in the order of the calls, however many are under way.
 * - The callbacks of one direction come in the order of the calls, one after the other; only one that is told
 *   AS_CANCELLED, or AS_TIMED_OUT by its deadline or the idle time, may overtake others. Those of the two directions
 *   may run at the same time. So a callback may not wait for the end of an operation that it has started, nor for one
 *   of its own direction; closing any stream in a callback works, and lets those behind it go on.
 * - The outcome tells how many bytes were moved, whatever else it tells.
 * - Of what may end it, the first counts: that it is done, its deadline, as_operation_cancel, as_stream_close.
 * - An operation whose deadline comes first ends with AS_TIMED_OUT, and in everything else as if it had been
 *   cancelled at that moment (operation.h): a receive loses no byte, and a send that is cut in the middle is the last
 *   of its stream. One that can be done at once is done, also when its deadline was over before. AS_NEVER is none.
 *   A deadline costs no memory and, as a rule, no call of the system's.
 * - What is pending on a stream that has an idle time (as_stream_set_idle_time) ends with AS_TIMED_OUT in the same way
 *   when that is over.
 *
 * A send to a peer that is gone never raises SIGPIPE.
 *
 * What is not promised: that the peer has got what a send has sent; AS_DONE says that the system has taken it. Nor how
 * late after its deadline an operation ends: never before it, a millisecond or two behind it on Linux, up to 16 more on
 * Windows; and its callback needs a thread of the engine as any other does. */
#ifndef ASYNC_SOCKET_STREAM_H
#define ASYNC_SOCKET_STREAM_H

#include <stdint.h>

#include "async_socket/address.h"
#include "async_socket/buffer.h"
#include "async_socket/deadline.h"
#include "async_socket/engine.h"
#include "async_socket/operation.h"
#include "async_socket/option.h"
#include "async_socket/outcome.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct as_stream as_stream;

/* A socket of the system's: a file descriptor on Linux, a SOCKET on Windows. */
#ifdef _WIN32
typedef uintptr_t as_socket;
#else
typedef int as_socket;
#endif

/* Makes a stream of a connected socket (TCP; on Linux also a stream of AF_UNIX). *stream is set if the answer is
 * AS_DONE, and only then: from now on the socket is the stream's, and closed with it. It is used without ever blocking,
 * whatever mode it is in, and the mode stays. On Windows it has to be one for overlapped operations, and not to have
 * been bound to a completion port or a pool before. AS_INVALID: an argument is NULL, or that is no open socket of a
 * stream, or on Linux one of TCP that listens; `code` says which, if the system has said it. AS_NO_ROOM: memory or
 * descriptors are out. AS_NOT_AVAILABLE: the engine is of the process from which this one was forked. AS_FAILED: the
 * system cannot use it; `code` says why. That it is connected is not asked, since a connection may be lost at any time:
 * what is started on one that never was ends, or is refused, with AS_CLOSED_HERE or AS_RESET. */
as_outcome as_stream_adopt(as_engine* engine, as_socket socket, as_stream** stream);

/* Sends what is in the buffers, all of it, in their order. What they describe stays where it is, and as it is, until
 * the callback begins: no byte is copied. If there are several, `buffers` itself stays, too; a single as_buffer is not
 * needed when the call has returned. At least one buffer, none of them NULL or of 0 bytes.
 *
 * The callback is told AS_DONE when the system has taken all bytes. Otherwise `bytes` tells how many it has taken:
 * AS_RESET, AS_CLOSED_HERE, AS_CANCELLED, AS_TIMED_OUT (the deadline, or the system gave the peer up), AS_UNREACHABLE,
 * AS_NO_ROOM, AS_FAILED. If that is some but not all, the peer would take the bytes of later sends for those that are
 * missing: those in line end, and new ones are refused, with the same reason. Refused with AS_INVALID (an argument),
 * AS_CLOSED_HERE (closed, or ended on this side), AS_RESET, AS_TIMED_OUT or AS_UNREACHABLE (how the connection was
 * lost), AS_NO_ROOM, the reason of a send that was cut, AS_FAILED. Windows: the system has one send of a stream at a
 * time, the others wait in line. If it does not say for sure how much of one that was cut has gone, which is not known
 * of Windows itself, such a one is the last even if it tells of 0 bytes. */
as_outcome as_stream_send(as_stream* stream, as_operation* operation, const as_buffer* buffers, uint32_t buffer_count,
                          as_deadline deadline);

/* Receives into the buffers, in their order; ends with the first bytes that are there. The buffers, and what describes
 * them, stay as with as_stream_send. At least one buffer, none of them NULL or of 0 bytes.
 *
 * The callback is told AS_DONE with at least one byte, AS_END_OF_STREAM with none, AS_RESET, AS_CLOSED_HERE,
 * AS_CANCELLED, AS_TIMED_OUT, AS_UNREACHABLE, AS_NO_ROOM, AS_FAILED, with 0 bytes: an operation that has bytes is done,
 * and what follows them is told to the next. A connection that was lost is told as that each time, and never as the end
 * of the stream. Refused with AS_INVALID (an argument), AS_CLOSED_HERE, how the connection was lost, AS_NO_ROOM,
 * AS_FAILED. */
as_outcome as_stream_receive(as_stream* stream, as_operation* operation, const as_buffer* buffers,
                             uint32_t buffer_count, as_deadline deadline);

/* As as_stream_send, but done as soon as the system has taken any bytes, and then `bytes` tells how many. One that the
 * system takes nothing of waits. Windows takes all or nothing, so there it is the same as as_stream_send, up to the
 * 1,024 buffers that go into one call. */
as_outcome as_stream_send_some(as_stream* stream, as_operation* operation, const as_buffer* buffers,
                               uint32_t buffer_count, as_deadline deadline);

/* As as_stream_receive, but done when the buffers are full, and not before. If the stream ends, is reset, closed or
 * cancelled sooner, `bytes` of the outcome tells how many are in the buffers: AS_END_OF_STREAM with 3 bytes, for
 * instance. Receives behind it wait until it has ended. */
as_outcome as_stream_receive_exactly(as_stream* stream, as_operation* operation, const as_buffer* buffers,
                                     uint32_t buffer_count, as_deadline deadline);

/* Ends what the peer receives, behind the sends before it: the peer finds the end of the stream when it has all of
 * them, and may go on sending. AS_DONE: the system has taken the end, as a send takes bytes; a second one is told the
 * same, and changes nothing. Sends behind it are refused, or end, with AS_CLOSED_HERE. Cancelled before its turn it has
 * not happened. Outcomes and refusals as those of as_stream_send; behind a send that was cut it ends with the reason of
 * that one. */
as_outcome as_stream_shutdown_send(as_stream* stream, as_operation* operation, as_deadline deadline);

/* Ends what is under way (AS_CLOSED_HERE), closes the socket, waits until all callbacks of the stream have returned,
 * and frees it. It does not depend on the peer, nor on a thread of the engine being free. In a callback of the stream's
 * own it does not wait for that one. NULL: does nothing. Bytes that the system has taken go on to the peer in the
 * background, as far as it takes them: if there are bytes that nobody has received, or some come afterwards, the system
 * resets the connection, and what the peer has not read is lost. */
void as_stream_close(as_stream* stream);

/* Closes the stream so that what was sent arrives, or the outcome says not: ends what the peer receives, behind the
 * sends before it, as as_stream_shutdown_send does; meanwhile receives and throws away what comes, behind the receives
 * before it, until the peer has ended its direction, too; then closes. So no byte that nobody has received makes the
 * system reset the connection. Accepted: nobody may use the stream any more, as after as_stream_close, but what is
 * under way ends as usual. Refused: it is as it was, and still the caller's.
 *
 * The callback comes when the stream is closed, and is told AS_DONE: the peer's system has confirmed every byte, and
 * the peer has ended its direction, which most programs do when they have read everything. (Windows cannot be asked
 * what is confirmed: there a peer that had ended its direction before may still lack something.) Otherwise nobody knows
 * what the peer has got: AS_RESET, AS_UNREACHABLE, AS_TIMED_OUT (the deadline, or the system gave the peer up) and
 * AS_CANCELLED, after which the stream was closed as as_stream_close does it, AS_CLOSED_HERE (it never was connected,
 * or this machine's system has given it up), AS_NO_ROOM, AS_FAILED, and the reason of a send before it that was cut.
 * `bytes` says how many were thrown away. Give it a deadline: a peer may never end.
 *
 * Refused with AS_INVALID (an argument is NULL), AS_CLOSED_HERE (also in a process that was forked from that of the
 * engine), AS_NO_ROOM (it needs 17 KiB while it lasts), AS_RESET and the other reasons of as_stream_send, after all of
 * which there is nothing to wait for. It keeps the engine, as a stream does. Any thread. */
as_outcome as_stream_drain_and_close(as_stream* stream, as_operation* operation, as_deadline deadline);

/* How long the stream may be idle, in milliseconds; 0 or AS_NEVER: for ever, as it is made. When something has been
 * pending for so long without a break, and no byte has moved meanwhile in either direction, everything that is pending
 * ends with AS_TIMED_OUT, as if each had a deadline that comes at that moment: no receive loses a byte, and a send that
 * is cut in the middle is the last of the stream. Nothing else happens. The stream is still its owner's, to be closed
 * or to be used: the time begins anew with the next operation that has to wait.
 *
 * So it counts from the last of three moments: bytes moved, the first of those that are pending without a break had to
 * wait, this was called. While nothing is pending it does not count: a server that works on an answer for a minute is
 * not idle. Each part that the system takes of a send, or gives to a receive, is a movement, not only whole operations.
 * Windows tells of a send when all of it is done: there a long one to a slow peer counts as one part, so send what may
 * take longer than the idle time in pieces; and it tells of bytes that have come when a thread of the engine is free
 * for them. An end of the stream is no movement, nor is anything that the two systems tell each other.
 *
 * Never early, and as late as a deadline. It costs each operation of the stream a look at the clock, which is no call
 * of the system's, and a store, when bytes move and when it has to wait; and some memory once, which the stream keeps:
 * about 120 bytes. Streams without one are not touched by it.
 *
 * AS_DONE: it is so from now on, whatever is pending. AS_INVALID: `stream` is NULL. AS_CLOSED_HERE: it is being closed,
 * or is of the process from which this one was forked. AS_NO_ROOM: there is no memory for the first one (Windows: or no
 * timer for the first deadline of the engine); nothing has changed. as_stream_drain_and_close keeps it: if the peer
 * is silent for so long, it ends with AS_TIMED_OUT. Any thread, any number of times. */
as_outcome as_stream_set_idle_time(as_stream* stream, uint64_t ms);

/* As as_stream_close, but what is unsent is thrown away, and the peer sees a reset (AS_RESET there) and not the end of
 * the stream. TCP; a local stream (AS_UNIX) has no resets, and is closed. Wine 8 shuts the connection down first, so
 * there the peer finds an end, and a reset when it sends; Wine 10 does not. */
void as_stream_reset(as_stream* stream);

/* Frees the stream as as_stream_close does, but gives its socket back: *socket is the caller's if the answer is
 * AS_DONE, and only then. What was under way has ended by then (AS_CLOSED_HERE), and its callbacks have returned but
 * for the one that this is called in; no byte is lost but those that a send told of, if it was cut in the middle. On
 * Linux the socket is in the mode in which it was adopted, blocking as a rule, or non-blocking if the library has made
 * it, by a connect or an accept. AS_INVALID: an argument is NULL. AS_CLOSED_HERE: it is being closed by another thread,
 * or was made in the process that this one was forked from; the stream is as it was. Windows: the system has no way
 * back from its pool, so such a socket is one for calls that wait, not for another stream. */
as_outcome as_stream_release(as_stream* stream, as_socket* socket);

/* ---- what a stream can be asked ----------------------------------------------------------------------------------
 *
 * None of these waits. AS_INVALID: an argument is NULL or out of range. AS_CLOSED_HERE: it is being closed.
 * AS_NOT_AVAILABLE: the system has no such thing for this stream. AS_FAILED: the system's code says why. */

/* Where it is on this machine, and where its peer is. One of AS_UNIX that was never bound has no path: see
 * as_address_text. Once a peer has reset the connection the system may not know any more where the peer was: that is
 * AS_CLOSED_HERE, too. A program that wants it then asks before. */
as_outcome as_stream_local_address(as_stream* stream, as_address* address);
as_outcome as_stream_remote_address(as_stream* stream, as_address* address);

/* `option`: an as_option (async_socket/option.h). */
as_outcome as_stream_set_option(as_stream* stream, uint32_t option, uint64_t value);
/* *value is written if the answer is AS_DONE, and only then. */
as_outcome as_stream_get_option(as_stream* stream, uint32_t option, uint64_t* value);

/* `bytes` of the answer: how many have come and wait in the system to be received. */
as_outcome as_stream_bytes_to_receive(as_stream* stream);
/* `bytes` of the answer: how many the system has taken whose arrival the peer's system has not confirmed. 0 says that
 * the peer's system has everything, not that its program has. Not available on Windows, nor for a stream of AS_UNIX. */
as_outcome as_stream_bytes_unacknowledged(as_stream* stream);

#ifdef __cplusplus
}
#endif

#endif /* ASYNC_SOCKET_STREAM_H */
