// An open connection: what completions come from, and a lane in each direction.
#pragma once

#include <atomic>
#include <cstdint>

#include "core/life/undelivered.hpp"
#include "core/platform/backend.hpp"
#include "core/socket/completion_mode.hpp"
#include "win32/engine/completion_source.hpp"
#include "win32/engine/pool.hpp"
#include "win32/socket/connection.hpp"
#include "win32/socket/lane.hpp"
#include "win32/socket/reception.hpp"

namespace async_socket::backend {

class channel {
public:
    channel(pool& pool, const connection& connection, core::socket& owner) noexcept;
    ~channel();
    channel(const channel&) = delete;
    channel& operator=(const channel&) = delete;

    // Once, first. Refused: the channel is of no use, the connection is as it was.
    [[nodiscard]] core::refusal bind() noexcept;
    // See backend::channel_start.
    [[nodiscard]] core::refusal start(const core::operation& asked, void* memory) noexcept;
    // See backend::operation_cancel.
    void cancel(win32::request& request, core::ending why) noexcept;
    // For its stream's idle time; see backend::channel_arm and channel_end_idle.
    void arm(core::clock_alarm& armed) noexcept { pool_.clock().arm(armed); }
    void end_idle(core::idle_time& asked) noexcept;
    // See backend::channel_close.
    void close(bool keeps_connection) noexcept;
    // See backend::channel_socket.
    [[nodiscard]] SOCKET_HANDLE socket() const noexcept { return connection_.socket; }

    // ---- for the lanes

    [[nodiscard]] core::socket& owner() const noexcept { return owner_; }
    [[nodiscard]] core::undelivered& undelivered() noexcept { return undelivered_; }
    [[nodiscard]] bool operations_end_with_threads() const noexcept;
    [[nodiscard]] bool cut_sends_are_exact() const noexcept { return pool_.cut_sends_are_exact(); }
    [[nodiscard]] bool is_in_order() const noexcept { return mode_ == core::completion_mode::in_order; }
    // Null: it is no listener's.
    [[nodiscard]] win32::reception* reception() const noexcept { return reception_; }
    // Of the operations that the system has. Null: they have none.
    [[nodiscard]] HANDLE event() const noexcept { return pool_.event(); }
    // The call of a round, which has begun. `pending`: a completion will come. `done`: none will, and the request knows
    // its bytes.
    [[nodiscard]] win32::issue_result issue(win32::request& request, const core::pieces::row& buffers) noexcept;
    // False once the user has disconnected the transport.
    [[nodiscard]] bool is_connected() const noexcept
    {
        return win32::socket_use(connection_).socket() != INVALID_SOCKET;
    }
    // It was accepted and is not over: from now on its deadline may end it, if it has one.
    void arm(win32::request& request) noexcept;
    // The connection is lost, as the system has told with this code, which is not 0. The first one counts: Wine may
    // have another one for each direction.
    void remember_loss(std::uint32_t code) noexcept
    {
        std::uint32_t none = 0;
        (void)code_of_loss_.compare_exchange_strong(none, code, std::memory_order_relaxed);
    }
    // 0 before that.
    [[nodiscard]] std::uint32_t code_of_loss() const noexcept { return code_of_loss_.load(std::memory_order_relaxed); }
    // What a receive that the system has told of an end is to be told. Wine 8 tells of an end, too, if the peer has
    // reset the connection while no receive was pending; its poll knows better. closed_here: there it cannot be asked
    // any more, since we are closing.
    [[nodiscard]] core::ending nature_of_end() const noexcept;
    // A receive would end at once with at least one byte.
    [[nodiscard]] bool bytes_are_waiting() const noexcept;
    // Ends the round that the system has of it. False: it is pending all the same. The caller is inside the owner.
    [[nodiscard]] bool cancel_round(win32::request& request) const noexcept;
    // A request, for which one is counted, has its verdict: its callback comes after that which the calling thread is
    // in, on the same thread, or else from the pool (false).
    bool deliver(win32::request& over) noexcept;
    // The same, from the pool. The caller has one counted, too, or is inside the owner.
    void post(win32::request& over) noexcept { source_.post(over); }

    // ---- for a turn that keeps a request

    // The callback, on this thread, of one that has its verdict and for which one is counted.
    void call_back(win32::request& over) noexcept;
    // On another.
    void hand_over(win32::request& kept) noexcept;

    // ---- for the source

    [[nodiscard]] win32::completion_source& source() noexcept { return source_; }
    void completed(win32::request& request) noexcept;
    void posted(win32::request& over) noexcept;
    // For a porter: the system has ended its call, for which one is counted.
    void called(win32::porter& at, ULONG code) noexcept;

private:
    [[nodiscard]] core::refusal bind_doors(core::doors& doors) noexcept;
    [[nodiscard]] core::refusal bind_connection() noexcept;
    [[nodiscard]] bool is_fast() const noexcept { return mode_ != core::completion_mode::documented; }
    // In a callback: the user's is called, and the request is gone.
    void finish(win32::request& over) noexcept;
    [[nodiscard]] win32::lane& lane_of(core::direction way) noexcept;
    [[nodiscard]] win32::pending_question is_pending() noexcept;
    void end_pending(bool keeps_connection) noexcept;
    // Until all is delivered. The pool may have no thread left.
    void wait_for_callbacks() noexcept;

    pool& pool_;
    const connection connection_;
    core::socket& owner_;
    const core::completion_mode mode_;
    std::atomic<std::uint32_t> code_of_loss_{0};
    bool skips_completions_ = false; // of what succeeds at once
    core::undelivered undelivered_;
    win32::completion_source source_;
    win32::lane sends_;
    win32::lane receives_;
    win32::reception* reception_ = nullptr;
};

} // namespace async_socket::backend
