// One operation as the system sees it: its OVERLAPPED, and the event that the documents ask for (not in fast mode).
//
// A request goes to the system in rounds, each of them one call for the buffers from some byte on, of at most
// `max_buffers_in_a_call`. Nearly always there is one round. Another one follows when a send has more buffers, when the
// system cancelled a round for a reason of its own, or when a receive filled its round and more bytes are waiting. The
// lane that a request is on holds its lock around everything here but the construction.
#pragma once

#include <atomic>
#include <cstdint>

#include "core/common/list.hpp"
#include "core/operation/operation.hpp"
#include "core/time/operation_alarm.hpp"
#include "win32/socket/issuer.hpp"
#include "win32/system/unique_handle.hpp"

namespace async_socket::backend {
class channel;
} // namespace async_socket::backend

namespace async_socket::win32 {

class turn;

// The system call of a round. The OVERLAPPED is first: the completion names it and means this (01_064).
struct io_call {
    OVERLAPPED overlapped;
    std::uint64_t wanted; // bytes
    ULONG_PTR bytes;      // what it transferred
    ULONG code;           // how it ended, once it has

    // The system has not ended it yet, or, on Windows if it has no event, nobody has taken its completion yet
    // (cancel.hpp).
    [[nodiscard]] bool is_pending() noexcept
    {
        return std::atomic_ref(overlapped.Internal).load(std::memory_order_relaxed) == STATUS_PENDING;
    }
    [[nodiscard]] static io_call& of(void* overlapped) noexcept { return *static_cast<io_call*>(overlapped); }
};

class request : public core::operation, public io_call {
public:
    // `event`: for each of its calls; none in fast mode.
    request(const core::operation& asked, unique_event event) noexcept
        : operation(asked), io_call{}, event_(std::move(event))
    {
    }
    // It has ended, or was never started: what it has of the system is given back, and its memory is its caller's.
    void let_go() noexcept { event_.reset(); } // 01_068, 01_072

    // From the OVERLAPPED of its call.
    [[nodiscard]] static request& of(void* named) noexcept { return static_cast<request&>(io_call::of(named)); }

    // Lays out the next round, from the first byte not transferred yet: its buffers, for which `room` may be needed.
    // `number`: its place among the requests of its lane, the same for all of its rounds; what was issued later has a
    // higher one.
    static constexpr std::size_t buffers_behind_a_cut = 64;
    [[nodiscard]] core::pieces::row begin_round(std::uint64_t number, as_buffer (&room)[buffers_behind_a_cut]) noexcept;
    // 0 before the first round.
    [[nodiscard]] std::uint64_t number() const noexcept { return number_; }
    [[nodiscard]] static bool comes_before(const request& one, const request& other) noexcept
    {
        return one.number_ < other.number_;
    }
    // The round under way does not have all that is left.
    [[nodiscard]] bool has_more_rounds() const noexcept { return transferred_ + wanted < total; }
    // The system has done it in the call; nothing is on its way.
    void set_round_over() noexcept { round_is_over_ = true; }
    [[nodiscard]] bool round_is_over() const noexcept { return round_is_over_; }

    // After a round: counts what it transferred, and says how it ended, with `bytes` the sum of all
    // rounds.
    [[nodiscard]] core::outcome end_round() noexcept;
    // After end_round. Nobody knows which bytes were transferred.
    [[nodiscard]] bool has_gap() const noexcept { return gap_; }
    // After end_round. Otherwise, and if there are more, another round can go on behind them.
    [[nodiscard]] bool can_go_on() const noexcept
    {
        return !gap_ && transferred_ < total && !core::makes_connection(kind);
    }
    [[nodiscard]] std::uint64_t transferred() const noexcept { return transferred_; }
    // After end_round. Every byte that the round asked for came, and no other.
    [[nodiscard]] bool round_was_filled() const noexcept { return filled_; }
    // After end_round. A send that the system calls done has not gone out whole.
    [[nodiscard]] bool round_was_short() const noexcept { return short_; }
    // After end_round, if it can go on: its kind asks for more.
    [[nodiscard]] bool wants_more() const noexcept
    {
        return is_exact() ? has_moved_ : filled_ && kind != core::operation_kind::send_some;
    }
    [[nodiscard]] bool is_exact() const noexcept { return kind == core::operation_kind::receive_exactly; }
    // It is done with all its bytes, and not with the first ones.
    [[nodiscard]] bool ends_whole() const noexcept { return is_exact() || kind == core::operation_kind::send; }

    // How it ended, kept while it waits for its callback or for another round.
    void set_verdict(const core::outcome& verdict) noexcept { verdict_ = verdict; }
    [[nodiscard]] const core::outcome& verdict() const noexcept { return verdict_; }

    // Its caller, or its deadline, wants its end (backend::operation_cancel): no further round follows the one under
    // way. The first reason counts.
    void cancel(core::ending why) noexcept { cancelled_as_ = is_cancelled() ? cancelled_as_ : why; }
    [[nodiscard]] bool is_cancelled() const noexcept { return cancelled_as_ != core::ending::done; }
    // If it is: what it ends as, unless it is done all the same.
    [[nodiscard]] core::ending cancelled_as() const noexcept { return cancelled_as_; }
    // In-order mode: it is, and may still wait for its callback.
    [[nodiscard]] bool is_over() const noexcept { return is_over_; }

    backend::channel* belongs_to = nullptr;
    const turn* kept_by = nullptr; // while a turn keeps it

private:
    friend core::list<request>;
    friend class request_set;
    friend class callback_order;

    unique_event event_;
    std::uint64_t number_ = 0;
    std::uint64_t transferred_ = 0;
    bool round_is_over_ = false;
    bool gap_ = false;
    bool filled_ = false;    // every byte that the round asked for came, and no other
    bool has_moved_ = false; // some did
    bool short_ = false;
    core::ending cancelled_as_ = core::ending::done; // done: it is not
    bool is_over_ = false;
    core::outcome verdict_{};
    request* next_ = nullptr;    // in a request_list
    request* before_ = nullptr;  // in a request_set, beside next_
    request* earlier_ = nullptr; // in a callback_order
    request* later_ = nullptr;
};

static_assert(core::fits_before_alarm<request>);

// Requests in line.
using request_list = core::list<request>;

// Requests in no order, of which any may leave.
class request_set {
public:
    [[nodiscard]] bool empty() const noexcept { return first_ == nullptr; }
    void insert(request& request) noexcept;
    void remove(request& request) noexcept;
    // One of them at least is (io_call::is_pending).
    [[nodiscard]] bool any_is_pending() const noexcept;
    // One of them at least is not: its completion is on its way. On Windows that is not seen in time.
    [[nodiscard]] bool any_is_over() const noexcept;
    template <typename Action>
    void for_each(Action act) const noexcept
    {
        for (request* each = first_; each != nullptr; each = each->next_) {
            act(*each);
        }
    }

private:
    request* first_ = nullptr;
};

} // namespace async_socket::win32
