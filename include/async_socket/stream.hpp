// A connected stream of bytes (stream.h, which says what is promised of everything here).
//
// It is owned by one object, and closed with it, also while operations are under way on it, which end as closed_here.
// The object may be moved while they are. Operations may be started on any thread, and at once; closing, moving and
// destroying the object is like writing to a variable: not while another thread starts something on it. To end from
// elsewhere what a task does, stop the task (scope.hpp, stop.hpp), which closes its stream then.
//
// Each function that starts something answers what is to be awaited; nothing happens before that, and the object, and
// the memory that is given, stay until then, the memory until the end. Nothing to send is sent at once, as `done`; a
// receive without room is `invalid`.
#pragma once

#include <coroutine>
#include <cstddef>
#include <cstdint>
#include <span>
#include <type_traits>
#include <utility>

#include "async_socket/address.hpp"
#include "async_socket/bytes.hpp"
#include "async_socket/detail/face.hpp"
#include "async_socket/detail/operation.hpp"
#include "async_socket/engine.hpp"
#include "async_socket/option.h"
#include "async_socket/result.hpp"
#include "async_socket/statistics.h"
#include "async_socket/stop.hpp"
#include "async_socket/stream.h"

namespace as {
inline namespace ASYNC_SOCKET_FACE {

// option.h says what each is, and in which unit.
enum class option : std::uint32_t {
    no_delay = AS_OPTION_NO_DELAY,
    keep_alive = AS_OPTION_KEEP_ALIVE,
    keep_alive_idle = AS_OPTION_KEEP_ALIVE_IDLE,
    keep_alive_interval = AS_OPTION_KEEP_ALIVE_INTERVAL,
    keep_alive_count = AS_OPTION_KEEP_ALIVE_COUNT,
    send_buffer = AS_OPTION_SEND_BUFFER,
    receive_buffer = AS_OPTION_RECEIVE_BUFFER,
    linger = AS_OPTION_LINGER,
    user_timeout = AS_OPTION_USER_TIMEOUT,
    unsent_low_water = AS_OPTION_UNSENT_LOW_WATER
};

// An option for streams that do not exist yet, as lists of connect and listen have them.
struct option_value : as_option_value {
    constexpr option_value(as::option which, std::uint64_t wanted) noexcept
        : as_option_value{static_cast<std::uint32_t>(which), wanted}
    {
    }
};

// Of a receive: what has come is there even if it did not end well.
class received : public result {
public:
    constexpr received() noexcept = default;
    constexpr received(const result& how_it_ended) noexcept : result(how_it_ended) {}
    constexpr received(const as_outcome& outcome, const as_buffer* first) noexcept
        : result(outcome), room_(first != nullptr ? first->data : nullptr), size_(first != nullptr ? first->size : 0)
    {
    }

    // The bytes, in the memory that they were received into. If that was in several pieces: those in the first.
    [[nodiscard]] std::span<std::byte> data() const noexcept
    {
        return {static_cast<std::byte*>(room_), bytes() < size_ ? bytes() : size_};
    }

private:
    void* room_ = nullptr;
    std::size_t size_ = 0;
};

namespace detail {

using transfer_function = as_outcome (*)(as_stream*, as_operation*, const as_buffer*, std::uint32_t, as_deadline);

// Buffers that the caller describes, as long as the operation lasts.
class callers_pieces {
public:
    explicit constexpr callers_pieces(std::span<const as_buffer> all) noexcept : all_(all) {}

    [[nodiscard]] const as_buffer* data() const noexcept { return all_.data(); }
    [[nodiscard]] std::uint32_t size() const noexcept
    {
        constexpr std::size_t most = 0xffff'ffff;
        return all_.size() <= most ? static_cast<std::uint32_t>(all_.size()) : 0; // 0 is invalid, too
    }
    [[nodiscard]] static constexpr bool is_nothing() noexcept { return false; }

private:
    std::span<const as_buffer> all_;
};

// `Pieces` describe the buffers, and are kept until the end. The stream is looked up when it is started, so that one
// that was closed or moved before that is none.
template <transfer_function function, typename Pieces, typename Result>
class transfer : public awaitable<transfer<function, Pieces, Result>> {
public:
    static constexpr bool is_send = !std::is_same_v<Result, received>;

    // `memory`: the pieces, or the only one.
    template <typename Memory>
    transfer(as_stream* const& stream, const Memory& memory, deadline until) noexcept
        : awaitable<transfer>(until), stream_(&stream), pieces_(memory)
    {
    }
    transfer(transfer&&) noexcept = default;

    // Nothing to send is sent at once.
    [[nodiscard]] bool await_ready() noexcept { return is_send && pieces_.is_nothing() && this->end_as(how::done); }

    [[nodiscard]] as_outcome start(as_operation* self, as_deadline until) noexcept
    {
        return function(*stream_, self, pieces_.data(), pieces_.size(), until);
    }

    [[nodiscard]] Result await_resume() const noexcept
    {
        if constexpr (is_send) {
            return this->outcome();
        } else {
            return {this->outcome(), pieces_.size() != 0 ? pieces_.data() : nullptr};
        }
    }

private:
    as_stream* const* stream_;
    Pieces pieces_;
};

template <transfer_function function, typename Pieces>
using receive_operation = transfer<function, Pieces, received>;
template <transfer_function function, typename Pieces>
using send_operation = transfer<function, Pieces, result>;

using end_function = as_outcome (*)(as_stream*, as_operation*, as_deadline);

// The end of a direction, or of all. `takes_it`: a call that is accepted takes the stream from where it is. (The
// functions are not compared: with GCC's -fsanitize=undefined that is no constant.)
template <end_function function, bool takes_it>
class end_operation : public awaitable<end_operation<function, takes_it>> {
public:
    end_operation(as_stream*& stream, deadline until) noexcept : awaitable<end_operation>(until), stream_(&stream) {}
    end_operation(end_operation&&) noexcept = default;

    [[nodiscard]] as_outcome start(as_operation* self, as_deadline until) noexcept
    {
        if constexpr (takes_it) {
            as_stream*& stream = *stream_; // all of this may be gone when it is started
            as_stream* const taken = std::exchange(stream, nullptr);
            const as_outcome started = function(taken, self, until);
            if (started.how != AS_DONE) {
                stream = taken;
            }
            return started;
        } else {
            return function(*stream_, self, until);
        }
    }

    [[nodiscard]] result await_resume() const noexcept { return result(this->outcome()); }

private:
    as_stream** stream_;
};

} // namespace detail

class stream {
public:
    // None: what is started on it is `invalid`.
    constexpr stream() noexcept = default;
    // From now on it is this object's.
    explicit constexpr stream(as_stream* owned) noexcept : stream_(owned) {}
    [[nodiscard]] static result_of<stream> adopt(engine& engine, as_socket socket) noexcept
    {
        as_stream* made = nullptr;
        const as_outcome outcome = as_stream_adopt(engine.handle(), socket, &made);
        return {outcome, stream(made)};
    }

    stream(stream&& other) noexcept : stream_(std::exchange(other.stream_, nullptr)) {}
    stream& operator=(stream&& other) noexcept
    {
        if (this != &other) {
            close();
            stream_ = std::exchange(other.stream_, nullptr);
        }
        return *this;
    }
    ~stream() { as_stream_close(stream_); }

    [[nodiscard]] explicit constexpr operator bool() const noexcept { return stream_ != nullptr; }
    [[nodiscard]] constexpr as_stream* handle() const noexcept { return stream_; }

    // ---- to be awaited ----

    // The first bytes that come: a `received`.
    [[nodiscard]] auto receive(bytes room, deadline until = never) noexcept
    {
        return detail::receive_operation<&as_stream_receive, pieces<1>>(stream_, room, until);
    }
    template <std::size_t count>
    [[nodiscard]] auto receive(const pieces<count>& rooms, deadline until = never) noexcept
    {
        return detail::receive_operation<&as_stream_receive, pieces<count>>(stream_, rooms, until);
    }
    [[nodiscard]] auto receive(std::span<const as_buffer> rooms, deadline until = never) noexcept
    {
        return detail::receive_operation<&as_stream_receive, detail::callers_pieces>(stream_, rooms, until);
    }

    // As many as there is room for.
    [[nodiscard]] auto receive_exactly(bytes room, deadline until = never) noexcept
    {
        return detail::receive_operation<&as_stream_receive_exactly, pieces<1>>(stream_, room, until);
    }
    template <std::size_t count>
    [[nodiscard]] auto receive_exactly(const pieces<count>& rooms, deadline until = never) noexcept
    {
        return detail::receive_operation<&as_stream_receive_exactly, pieces<count>>(stream_, rooms, until);
    }
    [[nodiscard]] auto receive_exactly(std::span<const as_buffer> rooms, deadline until = never) noexcept
    {
        return detail::receive_operation<&as_stream_receive_exactly, detail::callers_pieces>(stream_, rooms, until);
    }

    // All of it: a `result`.
    [[nodiscard]] auto send(const_bytes what, deadline until = never) noexcept
    {
        return detail::send_operation<&as_stream_send, pieces<1>>(stream_, what, until);
    }
    template <std::size_t count>
    [[nodiscard]] auto send(const pieces<count>& what, deadline until = never) noexcept
    {
        return detail::send_operation<&as_stream_send, pieces<count>>(stream_, what, until);
    }
    [[nodiscard]] auto send(std::span<const as_buffer> what, deadline until = never) noexcept
    {
        return detail::send_operation<&as_stream_send, detail::callers_pieces>(stream_, what, until);
    }

    // What the system takes at once, at least a byte.
    [[nodiscard]] auto send_some(const_bytes what, deadline until = never) noexcept
    {
        return detail::send_operation<&as_stream_send_some, pieces<1>>(stream_, what, until);
    }
    template <std::size_t count>
    [[nodiscard]] auto send_some(const pieces<count>& what, deadline until = never) noexcept
    {
        return detail::send_operation<&as_stream_send_some, pieces<count>>(stream_, what, until);
    }
    [[nodiscard]] auto send_some(std::span<const as_buffer> what, deadline until = never) noexcept
    {
        return detail::send_operation<&as_stream_send_some, detail::callers_pieces>(stream_, what, until);
    }

    // The end of what the peer receives, behind the sends before it.
    [[nodiscard]] auto shutdown_send(deadline until = never) noexcept
    {
        return detail::end_operation<&as_stream_shutdown_send, false>(stream_, until);
    }

    // Closes it so that what was sent arrives, or the result says not. This object has no stream any more when that was
    // accepted; it stays where it is until it is awaited.
    [[nodiscard]] auto drain_and_close(deadline until) noexcept
    {
        return detail::end_operation<&as_stream_drain_and_close, true>(stream_, until);
    }

    // ---- at once ----

    void close() noexcept { as_stream_close(std::exchange(stream_, nullptr)); }
    void reset() noexcept { as_stream_reset(std::exchange(stream_, nullptr)); }
    // Gives the system's socket back. This object has no stream any more if it was done.
    [[nodiscard]] result_of<as_socket> release() noexcept
    {
        as_socket socket{};
        const as_outcome outcome = as_stream_release(stream_, &socket);
        if (outcome.how == AS_DONE) {
            stream_ = nullptr;
        }
        return {outcome, socket};
    }

    // For ever if the length is 0 or less, or too long for the clock.
    template <duration Length>
    result set_idle_time(const Length& length) noexcept
    {
        constexpr std::uint64_t ns_per_ms = 1'000'000;
        const std::uint64_t ns = ns_of(length);
        return as_stream_set_idle_time(stream_, ns == AS_NEVER ? 0 : ns / ns_per_ms + (ns % ns_per_ms != 0 ? 1 : 0));
    }

    result set(as::option which, std::uint64_t value) noexcept
    {
        return as_stream_set_option(stream_, static_cast<std::uint32_t>(which), value);
    }
    [[nodiscard]] result_of<std::uint64_t> get(as::option which) const noexcept
    {
        std::uint64_t value = 0;
        const as_outcome outcome = as_stream_get_option(stream_, static_cast<std::uint32_t>(which), &value);
        return {outcome, value};
    }

    [[nodiscard]] result_of<address> local_address() const noexcept
    {
        address told;
        const as_outcome outcome = as_stream_local_address(stream_, &told);
        return {outcome, told};
    }
    [[nodiscard]] result_of<address> remote_address() const noexcept
    {
        address told;
        const as_outcome outcome = as_stream_remote_address(stream_, &told);
        return {outcome, told};
    }

    // bytes() of the result.
    [[nodiscard]] result bytes_to_receive() const noexcept { return as_stream_bytes_to_receive(stream_); }
    [[nodiscard]] result bytes_unacknowledged() const noexcept { return as_stream_bytes_unacknowledged(stream_); }

    [[nodiscard]] result_of<as_stream_statistics> statistics() const noexcept
    {
        as_stream_statistics told = AS_STREAM_STATISTICS;
        const as_outcome outcome = as_stream_get_statistics(stream_, &told);
        return {outcome, told};
    }

private:
    as_stream* stream_ = nullptr;
};

} // namespace ASYNC_SOCKET_FACE
} // namespace as
