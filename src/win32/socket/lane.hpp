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
// So a silent connection keeps its receive, and a send that the peer does not take goes on, however
// many are pending and whoever started them. If something was moved behind a cut all the same, the cut
// request ends with an error; a send that was cut in the middle then leaves the stream torn, and no
// further send is accepted or goes on.
#pragma once

#include <cstdint>
#include <optional>

#include "core/lifecycle.hpp"
#include "win32/socket/binding.hpp"
#include "win32/socket/delivery.hpp"
#include "win32/socket/request.hpp"
#include "win32/system/srw_lock.hpp"

namespace async_socket::win32 {

class lane {
public:
    lane(binding& binding, delivery& delivery, core::direction way) noexcept
        : binding_(binding), delivery_(delivery), way_(way)
    {
    }
    lane(const lane&) = delete;
    lane& operator=(const lane&) = delete;

    // See backend::channel_start.
    [[nodiscard]] core::start_result start(request& request) noexcept;

    // One part has ended. Runs in a callback of the pool, as its last action: the user's callback may
    // be called, after which nothing of the lane is touched.
    void part_ended(io_part& part) noexcept;

private:
    using lock = srw_lock::scope;

    // All of these: under the lock.
    [[nodiscard]] issue_result accept(request& request) noexcept;
    [[nodiscard]] issue_result issue_round(request& request) noexcept;
    // The outcome to deliver, or none if the request goes on or waits.
    [[nodiscard]] std::optional<core::outcome> round_ended(request& request) noexcept;
    // The same, without a look at what waits.
    [[nodiscard]] std::optional<core::outcome> conclude(request& request) noexcept;
    [[nodiscard]] bool receives_more(request& request, const core::outcome& outcome) noexcept;
    void park(request& request, const core::outcome& outcome) noexcept;
    // The system has none: those parked go on, those in line follow. If `current` ends by that, its
    // outcome; the others that do are delivered by callbacks of their own.
    [[nodiscard]] std::optional<core::outcome> refill(const request& current) noexcept;
    // Empty: it is in the system again. Otherwise how it ended.
    [[nodiscard]] std::optional<core::outcome> go_on(request& request, bool is_open) noexcept;
    [[nodiscard]] core::outcome settle(const request& request, core::outcome outcome) noexcept;

    binding& binding_;
    delivery& delivery_;
    const core::direction way_;
    srw_lock lock_;
    std::uintptr_t issuer_ = 0;     // the thread whose requests are in the system
    std::uint32_t in_system_ = 0;   // how many are
    std::uint64_t last_number_ = 0; // requests are numbered in the order in which they are issued
    std::uint64_t last_moved_ = 0;  // the highest number, in this group, that moved a byte
    bool torn_ = false;
    request_list parked_;  // by number
    request_list in_line_; // first come, first issued
};

} // namespace async_socket::win32
