// One direction of a channel: which request goes to the system when, so that the bytes keep the order of the calls
// whatever happens to the threads that made them.
//
// The system cancels every pending operation of a thread that ends, if it has an event. What one thread has pending is
// cut together and in order: the first may be cut in the middle, those behind it have not moved a
// byte. But what *another* thread has pending behind it goes on at once, behind the hole. So:
//
// - At any time the requests in the system are of one thread, the issuer. Requests of other threads
//   wait here, in line, until the system has none.
// - A request that the system cancelled on an open socket is parked until the last one of its group
//   has ended. Then the parked ones go on, in their order, from where they were cut, and those in line
//   follow; the thread that does this is the new issuer.
//
// Where operations have no event (fast mode on Windows) no thread takes any with it, and all go to the system at once.
//
// In order (core::completion_mode::in_order) callbacks wait for each other (callback_order.hpp), and a request can be
// cancelled alone. There the system has one send at a time: one that is cut in the middle then has none behind it that
// would go on behind the hole, and those in line end with its reason. Receives go to the system all at once.
//
// A send of more buffers than one call takes goes out round by round; until its last one is issued, the others wait.
//
// So a silent connection keeps its receive, and a send that the peer does not take goes on, however
// many are pending and whoever started them. (On Wine: whether Windows says exactly what a send that is cut has moved,
// nobody has measured. There such a send is the last of its stream and ends with an error.) If something was moved
// behind a cut all the same, the cut request ends with an error; a send that was cut in the middle then leaves the
// stream torn, and no further send is accepted or goes on.
#pragma once

#include <cstdint>
#include <optional>

#include "core/transport/system_calls.hpp"
#include "win32/socket/callback_order.hpp"
#include "win32/socket/issuer.hpp"
#include "win32/socket/request.hpp"
#include "win32/thread/srw_lock.hpp"

namespace async_socket::win32 {

// A request is *over* when it has its outcome, and *delivered* when its callback is called. A *round* of it is over
// when its call has *completed*.
class porter;

class lane {
public:
    lane(backend::channel& channel, core::direction way) noexcept : channel_(channel), way_(way) {}
    lane(const lane&) = delete;
    lane& operator=(const lane&) = delete;

    // See backend::channel_start.
    [[nodiscard]] core::refusal start(request& request) noexcept;

    // A round has, in a callback of the pool, which counts as one undelivered. The request that is to be called back
    // now, on this thread, with its verdict; null if none is. In order: the right to call back comes with it.
    [[nodiscard]] win32::request* completed(request& request) noexcept;

    // In order: whoever had the right to call back has used it, or is about to wait for a close (`is_blocking`) and
    // another thread has to go on. Counts as one undelivered.
    void hand_on(bool is_blocking) noexcept;

    // See backend::operation_cancel; in order only. False: the system has it and did not find it, so that this has to
    // be done again. The caller holds the request.
    [[nodiscard]] bool cancel(request& request, core::ending why) noexcept;

    // Of the two of a stream: if its idle time is over (core::idle_time::is_over), ends what waits here, and marks what
    // the system has as cancelled. True: then it has to be.
    [[nodiscard]] static bool mark_idle(lane& sends, lane& receives, core::idle_time& asked) noexcept;
    // Of what the system has and is marked. False: it did not find something, so that this has to be done again.
    [[nodiscard]] bool cancel_rounds() noexcept;

    // The system has something of this lane's.
    [[nodiscard]] bool is_pending() noexcept;

    // Of the accepts of a listener, which wait in line for the guests of its porters (porter.hpp):

    // As `completed`, of a porter's call; but what is to be called back counts by itself.
    [[nodiscard]] win32::request* called(porter& at, ULONG code) noexcept;
    // By the closer, first. What waits is over when no porter is called any more.
    void shut() noexcept;
    [[nodiscard]] bool has_porter_pending() noexcept;
    // A pause is over (core/listener/accept_pause.hpp).
    void resume() noexcept;

private:
    using lock = srw_lock::scope;

    // All of these: under the lock. Those that return an outcome or none: none if the request goes on or waits.
    [[nodiscard]] issue_result admit(request& request) noexcept;
    void admit_accept(request& request) noexcept;
    // Gives what guests there are to those in line, and sends idle porters for more.
    void serve(bool is_open) noexcept;
    void give_to_first(backend::unique_socket guest) noexcept;
    // A porter cannot be sent.
    void not_called(DWORD error) noexcept;
    void note_lost_guest(DWORD error) noexcept;
    void end_line() noexcept;
    // It may go to the system now: nothing is ahead of it, or nothing that it may not follow.
    [[nodiscard]] bool may_follow() const noexcept;
    [[nodiscard]] issue_result issue_round(request& request) noexcept;
    [[nodiscard]] std::optional<core::outcome> round_over(request& request) noexcept;
    // Behind a round that went through, but not all of the request.
    [[nodiscard]] std::optional<core::outcome> go_on_behind(request& request, const core::outcome& so_far) noexcept;
    [[nodiscard]] bool receives_more(const request& request) noexcept;
    // Those parked go on, those in line follow. If `current` is over by that, its outcome; the others that are get
    // callbacks of their own.
    [[nodiscard]] std::optional<core::outcome> refill(const request& current) noexcept;
    [[nodiscard]] std::optional<core::outcome> go_on(request& request, bool is_open) noexcept;
    // The next round is the system's, if nothing is in the way. It may be over at once.
    [[nodiscard]] std::optional<core::outcome> issue_again(request& request, bool is_open) noexcept;
    // What the user is told, and whether the stream is torn by it.
    [[nodiscard]] core::outcome final_outcome(const request& request, core::outcome outcome) noexcept;
    // Of a receive that the system has told of an end.
    [[nodiscard]] core::outcome at_end(const core::outcome& ended) const noexcept;
    // The system tells once how a connection was lost, and refuses as on one that was closed from then on.
    [[nodiscard]] core::refusal explained(const core::refusal& refused) const noexcept;
    // In order a receive that has bytes is done, as is a send that has moved all of its own; nobody cancels but the
    // caller and the deadline; and nobody is told of more bytes than there is room for, whatever the system says.
    [[nodiscard]] core::outcome in_words_of_streams(const request& request, core::outcome outcome) const noexcept;

    // It is to end like this, and waits here.
    void stop_waiting(request& request, core::ending why) noexcept;
    void mark_all_idle() noexcept;
    // It was cancelled while its last round was under way, which ended like this.
    [[nodiscard]] core::outcome as_cancelled(const request& request, const core::outcome& outcome) const noexcept;

    // It is over while it waited here. Its callback comes from another thread, or from this one after others.
    void end_elsewhere(request& request, const core::outcome& outcome) noexcept;
    [[nodiscard]] win32::request* completed_in_order(request& request,
                                                     const std::optional<core::outcome>& outcome) noexcept;
    // In order: it is over, and the one undelivered that it counts as is its own until it is called back.
    void leave_over(request& request, const core::outcome& outcome) noexcept;
    // In order: the one to be called back now, with the right to do so.
    [[nodiscard]] win32::request* next_in_order() noexcept;
    // It is over without a completion, and counts as one undelivered.
    void deliver(request& request, const core::outcome& outcome) noexcept;
    // In order: after this thread's callback, or from the pool.
    void deliver_from_here(request& next) noexcept;
    // After end_round: it has not come to its end, and goes on behind the bytes that it has.
    [[nodiscard]] bool was_cut(const request& request, const core::outcome& outcome) const noexcept;
    // A send that was cut, and nobody knows where: not even that it has moved nothing.
    [[nodiscard]] bool is_inexact(const core::outcome& outcome) const noexcept;
    // Whose operations the calling thread's are.
    [[nodiscard]] std::uintptr_t this_issuer() const noexcept;

    [[nodiscard]] bool is_in_order() const noexcept;
    // Of sends in order the system has one: none goes on behind another that is cut.
    [[nodiscard]] bool one_at_a_time() const noexcept;

    backend::channel& channel_;
    const core::direction way_;
    srw_lock lock_;
    std::uintptr_t issuer_ = 0; // the thread whose requests are in the system
    request_set in_system_;
    std::uint64_t last_number_ = 0; // requests are numbered in the order in which they are issued first
    std::uint64_t last_moved_ = 0;  // the highest number, in this group, that moved a byte
    bool torn_ = false;
    core::refusal cut_{};    // how the send ended that has torn the stream
    std::uint64_t long_ = 0; // the number of one with more rounds to come, behind which nothing is issued; 0: none
    request_list parked_;    // by number
    request_list in_line_;   // first come, first issued
    callback_order order_;   // in order only
};

} // namespace async_socket::win32
