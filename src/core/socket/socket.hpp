// The async socket itself: its life, its engine, and the channel while it is open. All generations
// of the C API are thin shims over this class.
#pragma once

#include <atomic>

#include "c_pal/async_socket.h"
#include "core/common/block_cache.hpp"
#include "core/common/hot_path.hpp"
#include "core/engine/execution_engine.hpp"
#include "core/engine/tally.hpp"
#include "core/life/lifecycle.hpp"
#include "core/operation/operation.hpp"
#include "core/platform/backend.hpp"
#include "core/socket/completion_mode.hpp"
#include "core/socket/io_hooks.hpp"
#include "core/socket/traffic.hpp"
#include "core/time/alarm_clock.hpp"
#include "core/time/idle_time.hpp"

namespace async_socket::core {

class doors;

class socket {
public:
    // Takes a reference to the engine. `adopted`: the connection that the handle generation gives at
    // create, or none; from success on it is the socket's. `block_size`: what of `memory` is used again. `hooks`: from
    // core::create, or none; from success on they are the socket's. Null when memory is out.
    [[nodiscard]] static socket* create(execution_engine& engine, const backend::connection& adopted,
                                        std::uint64_t block_size, io_hooks* hooks) noexcept;

    socket(execution_engine& engine, const backend::connection& adopted, std::uint64_t block_size,
           io_hooks* hooks) noexcept;
    ~socket();
    socket(const socket&) = delete;
    socket& operator=(const socket&) = delete;

    // Closes if open, waits for everybody inside, frees. May run in one of the socket's callbacks.
    void close_and_free() noexcept;
    // The same of one that is open, but the connection lasts: `held`, which is the caller's again. False: somebody else
    // ends it, and nothing has happened.
    [[nodiscard]] bool release_and_free(SOCKET_HANDLE& held) noexcept;

    // Opens with the given connection, or, for null, with the one adopted at create, which success
    // uses up. Not refused: on_complete has been called, and the socket may be gone. Refused: nothing was
    // called, and whoever owned the connection still does. `on_complete`: null if nobody is to be told.
    [[nodiscard]] refusal open(const backend::connection* given, ON_ASYNC_SOCKET_OPEN_COMPLETE on_complete,
                               void* context) noexcept;

    // As create's `adopted`, afterwards, by whoever alone has the socket.
    void adopt(const backend::connection& connection) noexcept { adopted_ = connection; }
    // Makes it a listener: what it opens is these, which are its own from now on. By whoever alone has it.
    void adopt(doors& doors) noexcept { doors_ = &doors; }

    void close() noexcept;

    [[nodiscard]] bool is_open() const noexcept { return life_.is_open(); }
    [[nodiscard]] execution_engine& engine() const noexcept { return *engine_; }

    // Starts an operation as `asked` in `memory` (backend::operation_size); see backend::channel_start. Its buffers
    // have been checked. The caller is inside (lifecycle::visit).
    [[nodiscard]] refusal start(const operation& asked, void* memory) noexcept
    {
        return backend::channel_start(*channel_, asked, memory);
    }
    // For core/platform/system_socket.hpp, of a socket that was opened with one. The caller is inside.
    [[nodiscard]] SOCKET_HANDLE system_socket() const noexcept { return backend::channel_socket(*channel_); }
    // Of its idle time; 0: it has none.
    [[nodiscard]] std::uint64_t idle_length_ns() noexcept;
    // For callers that have no memory of their own for operations. It keeps some from one to the next while it is open.
    [[nodiscard]] block_cache& memory() noexcept { return memory_; }

    // For the channel: hands an operation that ended to its callback. The caller touches neither the
    // operation nor the socket afterwards.
    ASYNC_SOCKET_APART void finish(operation& operation, const outcome& ended) noexcept;
    // The same of one that is done.
    void finish_done(operation& operation, std::uint64_t bytes) noexcept;

    // For whoever starts operations; the channel, too, counts itself in before it starts one again by itself.
    [[nodiscard]] lifecycle& life() noexcept { return life_; }

    // For whoever asks.
    [[nodiscard]] core::traffic& traffic() noexcept { return traffic_; }
    // For whoever moves its bytes, under the lock of the lane.
    void count_bytes(direction way, std::uint64_t moved) noexcept
    {
        traffic_.count_bytes(way, moved);
        core::idle_time* const idle = idle_.load(std::memory_order_acquire);
        if (idle != nullptr && moved != 0) {
            idle->note_movement(way);
        }
    }
    // For whoever lets an operation wait, the only one in its direction; under the same lock.
    void note_wait(direction way) noexcept
    {
        if (core::idle_time* const idle = idle_.load(std::memory_order_acquire)) {
            idle->note_wait(way);
        }
    }

    // Of a stream; 0: it may be idle for ever. Refused: as it was. The caller is inside.
    [[nodiscard]] refusal set_idle_time(std::uint64_t length_ns) noexcept;
    // It is open, and somebody's from now on: its traffic is its engine's, too.
    void count_in(tally::origin from) noexcept;

    // For the opens that follow. False: it is not closed.
    [[nodiscard]] bool set_mode(completion_mode mode) noexcept;
    // For the channel, while it is opened.
    [[nodiscard]] completion_mode mode() const noexcept { return mode_.load(std::memory_order_relaxed); }

    // The same of what it is opened with: not the caller's (`open`'s `given`), but what it was made with, or has
    // adopted. Of a stream that is one that the library has made.
    [[nodiscard]] bool has_made(const backend::connection& opened) const noexcept { return &opened == &adopted_; }

    // Null: it is none.
    [[nodiscard]] core::doors* listens_at() const noexcept { return doors_; }

    // For the channel: what moves the bytes instead of the system's own calls. Null: nothing does.
    [[nodiscard]] const io_hooks* hooks() const noexcept { return hooks_; }

private:
    // Waits for an open or close under way; false: the socket is open (lifecycle::retire).
    [[nodiscard]] bool retire() noexcept;
    // The close proper, with the state already `closing`.
    void finish_close(bool keeps_connection) noexcept;
    void end_channel(bool keeps_connection) noexcept;
    // Of one that has ended: from now on nobody else touches it, and it counts.
    void settle(operation& operation) noexcept;
    // An operation that should have ended with a connection has ended. What the user is told.
    [[nodiscard]] outcome finish_accept(operation& operation, const outcome& ended) noexcept;
    [[nodiscard]] outcome finish_connect(operation& operation, const outcome& ended) noexcept; // may free the socket
    // The open proper, with the state already `opening`.
    [[nodiscard]] refusal bind(const backend::connection* given) noexcept;

    lifecycle life_;
    core::traffic traffic_;
    block_cache memory_;
    execution_engine* engine_;
    io_hooks* const hooks_; // few have them
    core::doors* doors_{nullptr};
    std::atomic<idle_time*> idle_{nullptr}; // from the first one that was set until it is freed
    std::atomic<completion_mode> mode_{completion_mode::documented};
    bool is_counted_in_ = false;         // before anybody else has it
    backend::connection adopted_;        // touched by create, the opener and the destroyer only
    backend::channel* channel_{nullptr}; // not null while open or closing
};

// Here, since they are on every operation's way.

inline void socket::settle(operation& operation) noexcept
{
    if (mode() == completion_mode::in_order) {
        if (operation.is_timed) {
            (void)alarm_clock::disarm(operation);
        }
        operation.holds.end();
        traffic_.count_end(operation.way());
    }
}

inline void socket::finish_done(operation& operation, std::uint64_t bytes) noexcept
{
    if (has_a_connection(operation.kind)) {
        settle(operation);
        operation.on_end(operation.memory(), told(outcome{ending::done, bytes, 0}));
    } else {
        finish(operation, {ending::done, bytes, 0});
    }
}

} // namespace async_socket::core
