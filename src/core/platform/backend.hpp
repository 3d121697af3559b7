// What a platform implements. CMake picks one folder (src/win32, ...) that defines all of this, the other headers of
// this folder, core/resolve/system_calls.hpp and core/transport/system_calls.hpp.
//
// A pool is a set of threads. A channel is one connection in use: it starts operations and, on the
// pool's threads, hands each started one to `socket::finish` exactly once. What has a deadline and does not end at once
// it arms in the clock of the pool, or of a part of it (core/time/alarm_clock.hpp).
#pragma once

#include <cstddef>
#include <cstdint>

#include "c_pal/async_socket.h"
#include "core/operation/outcome.hpp"

namespace async_socket::core {
class clock_alarm;
class idle_time;
struct operation;
class posted;
class socket;
} // namespace async_socket::core

namespace async_socket::backend {

class pool;
class channel;

// ---- threads -----------------------------------------------------------------------------------

// The minimum of an engine that is created without parameters.
[[nodiscard]] std::uint32_t default_minimum() noexcept;

// maximum 0: no maximum. Null on failure, with nothing left behind and the reason in `why`.
[[nodiscard]] pool* pool_create(std::uint32_t minimum, std::uint32_t maximum, core::refusal& why) noexcept;
// What its callbacks wait with, for users.
[[nodiscard]] const char* pool_name() noexcept;

// Closes the pool without waiting for its threads: the caller may be one of them.
void pool_destroy(pool* pool) noexcept;
// The same, but waits until none of its threads is in the library any more, as far as the system does not see to that.
// The caller is none of them, and no callback of a channel of the pool's is running.
void pool_destroy_and_wait(pool* pool) noexcept;

// The same in a process that inherited the pool (core/common/process_mark.hpp): none of its threads is here, and what
// it has of the system may be its parent's. Where processes do not fork it is never called.
void pool_abandon(pool* pool) noexcept;

// The process is ending and has no other thread any more: nothing can be waited for, and nothing has to be given back.
[[nodiscard]] bool process_is_ending() noexcept;

// The calling thread is inside a callback, so probably one of a pool's, and blocks until the other has
// happened. A pool that has a maximum counts them: it may have to do without them (channel_close).
void begin_blocking(pool& pool) noexcept;
void end_blocking(pool& pool) noexcept;

// What belongs to no connection and has to be called on a thread of the pool's (core/engine/posted.hpp). Once the first
// has said yes, posts cannot fail. Any thread. The pool lasts until the call has begun. It is not called inside
// `pool_post`, and may be called before that returns.
[[nodiscard]] bool pool_prepare_posts(pool& pool) noexcept;
void pool_post(pool& pool, core::posted& called) noexcept;

// Arms an operation of the engine that has a deadline (core/time/operation_alarm.hpp), in a clock of the pool. It
// cannot fail once the first has said yes. Any thread. The caller holds the operation, and the pool lasts as long as it
// does.
[[nodiscard]] bool pool_prepare_alarms(pool& pool) noexcept;
void pool_arm(pool& pool, core::operation& timed) noexcept;

// ---- connections -------------------------------------------------------------------------------

// A connection as the user gives it: exactly one of the two. A value; it owns nothing.
struct connection {
    SOCKET_TRANSPORT_HANDLE transport; // null if by socket
    SOCKET_HANDLE socket;
};

[[nodiscard]] connection no_connection() noexcept;
// False for NULL and invalid handles. Does not ask the system.
[[nodiscard]] bool is_connection(const connection& connection) noexcept;
// Closes it (a transport: disconnects it); does nothing for none.
void connection_close(const connection& connection) noexcept;

// ---- channels ----------------------------------------------------------------------------------

// Binds the connection to the pool. Null on failure, with the reason in `why`: the connection is as it was, still the
// caller's.
[[nodiscard]] channel* channel_open(pool& pool, const connection& connection, core::socket& owner,
                                    core::refusal& why) noexcept;

// How much of an as_operation is used, to be asked for a copy that is smaller.
[[nodiscard]] std::size_t operation_size() noexcept;

// Starts an operation as `asked`, in `memory`. Never blocks. Not refused: the memory is the channel's until the
// callback, which may already be on its way on another thread. Otherwise it is still the caller's, and nothing will
// end. The caller is inside the owner (lifecycle::visit) during the call.
[[nodiscard]] core::refusal channel_start(channel& channel, const core::operation& asked, void* memory) noexcept;

// Of a channel that was given a socket: that one, to be asked (core/platform/system_socket.hpp).
[[nodiscard]] SOCKET_HANDLE channel_socket(const channel& channel) noexcept;

// Ends an operation that was accepted, if it is not over, for the reason `why`, which is cancelled or timed_out: with
// the bytes that it has moved, which are those of an outcome that is done if it is a receive and they are any. One that
// was issued may go on until the system lets go of it. Any thread; nobody waits. The caller holds the
// operation (core/operation/operation_holds.hpp).
void operation_cancel(core::operation& operation, core::ending why) noexcept;

// For the idle time of a stream, which lasts, as the channel does, until these have returned. Any thread; nobody waits.
// Arms it in the clock of the channel's operations. The pool has prepared its alarms.
void channel_arm(channel& channel, core::clock_alarm& armed) noexcept;
// The stream has an idle time from now on, and has to know when bytes move and operations wait
// (core::socket::count_bytes, note_wait).
void channel_note_times(channel& channel) noexcept;
// Asks it (core::idle_time::is_over), while nothing of the channel moves, begins or ends, and if so ends whatever is
// pending as operation_cancel does, as timed_out (core::operation_alarm::set_over).
void channel_end_idle(channel& channel, core::idle_time& asked) noexcept;

// The system's code that users are told of an operation that its caller, its deadline (timed_out) or a close has ended;
// and the outcome of one that has moved nothing. The system has another code for a peer that is silent.
[[nodiscard]] std::uint32_t code_of_stop(core::ending why) noexcept;
[[nodiscard]] inline core::outcome stopped(core::ending why) noexcept
{
    return {why, 0, code_of_stop(why)};
}

// Ends what is pending, closes the connection, waits until every started operation has ended and its
// callback has returned (but for callbacks detached from their frame), frees the channel. No call is
// inside the owner any more. Does not depend on the peer, nor on a thread of the pool being free: the
// caller may be the only one that the pool has. `keeps_connection`: it is not closed, and nothing of it is used any
// more afterwards.
void channel_close(channel* channel, bool keeps_connection) noexcept;

// The same in a process that inherited the channel: gives back this process's own hold on the connection, which lasts
// in its parent. Nothing ends, and nobody is waited for.
void channel_abandon(channel* channel) noexcept;

} // namespace async_socket::backend
