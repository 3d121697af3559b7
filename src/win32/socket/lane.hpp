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

#include "win32/socket/issuer.hpp"
#include "win32/socket/request.hpp"
#include "win32/system/srw_lock.hpp"

namespace async_socket::win32 {

// A request is *over* when it has its outcome, and *delivered* when its callback is called. A *round* of it is over
// when its call has *completed*.
class lane {
public:
    lane(backend::channel& channel, core::direction way) noexcept : channel_(channel), way_(way) {}
    lane(const lane&) = delete;
    lane& operator=(const lane&) = delete;

    // See backend::channel_start.
    [[nodiscard]] core::start_result start(request& request) noexcept;

    // A round has. Runs in a callback of the pool, as its last action: the user's callback may be called, after which
    // nothing of the lane is touched.
    void completed(request& request) noexcept;

    // The system has something of this lane's.
    [[nodiscard]] bool is_pending() noexcept;

private:
    using lock = srw_lock::scope;

    // All of these: under the lock. Those that return an outcome or none: none if the request goes on or waits.
    [[nodiscard]] issue_result admit(request& request) noexcept;
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
    // A send that was cut, and nobody knows where: not even that it has moved nothing.
    [[nodiscard]] bool is_inexact(const core::outcome& outcome) const noexcept;
    // Whose operations the calling thread's are.
    [[nodiscard]] std::uintptr_t this_issuer() const noexcept;

    backend::channel& channel_;
    const core::direction way_;
    srw_lock lock_;
    std::uintptr_t issuer_ = 0; // the thread whose requests are in the system
    request_set in_system_;
    std::uint64_t last_number_ = 0; // requests are numbered in the order in which they are issued
    std::uint64_t last_moved_ = 0;  // the highest number, in this group, that moved a byte
    bool torn_ = false;
    bool has_long_ = false; // the last one issued is a send with more rounds to come: nothing goes in between
    request_list parked_;   // by number
    request_list in_line_;  // first come, first issued
};

} // namespace async_socket::win32
