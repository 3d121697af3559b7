// One direction of a channel in fast mode. An operation without an event does not end with the thread that
// started it, so there is no issuer to keep and nothing goes on by itself: what the system takes is the system's
// until it ends, and threads meet in no lock of ours on the way to it. (Sends share one: a send of several parts
// goes out without another's in between.)
//
// A receive of more buffers than one call takes ends with the first ones filled. A send that was cut in the
// middle leaves the stream torn: no further send is accepted.
#pragma once

#include <atomic>

#include "win32/binding.hpp"
#include "win32/delivery.hpp"
#include "win32/request.hpp"
#include "win32/srw_lock.hpp"

namespace async_socket::win32 {

class fast_lane {
public:
    fast_lane(binding& binding, delivery& delivery, core::direction way) noexcept
        : binding_(binding), delivery_(delivery), way_(way)
    {
    }
    fast_lane(const fast_lane&) = delete;
    fast_lane& operator=(const fast_lane&) = delete;

    // See backend::channel_start.
    [[nodiscard]] core::start_result start(request& request) noexcept;

    // One part has ended. Runs in a callback of the pool, as its last action.
    void part_ended(io_part& part) noexcept;

private:
    // Issue one round. `is_over`: all has ended already, and the request is ours again; otherwise, if it was
    // queued, it is not touched any more.
    [[nodiscard]] issue_result issue_one(request& request, bool& is_over) noexcept;
    [[nodiscard]] issue_result issue_parts(request& request, bool& is_over) noexcept;
    [[nodiscard]] core::outcome outcome_of(request& request) noexcept;

    binding& binding_;
    delivery& delivery_;
    const core::direction way_;
    srw_lock lock_; // of sends; shared by those of one part
    std::atomic<bool> torn_{false};
};

} // namespace async_socket::win32
