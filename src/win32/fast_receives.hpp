// The receives of a channel in fast mode. A receive without an event does not end with the thread that started
// it, so there is no issuer to keep, and nothing goes on by itself: what the system takes is the system's until
// it ends, and its completion waits for nobody.
//
// (Sends keep to their lane also in fast mode. They nearly always end at once; and on Wine one that does not, and
// whose thread ends, comes back with error 739 when the peer reads on. It has to go on then, in its place.)
//
// What somebody cancels, for which nobody has a reason, ends with an error.
#pragma once

#include <optional>

#include "win32/binding.hpp"
#include "win32/delivery.hpp"
#include "win32/request.hpp"
#include "win32/srw_lock.hpp"

namespace async_socket::win32 {

class fast_receives {
public:
    fast_receives(binding& binding, delivery& delivery) noexcept : binding_(binding), delivery_(delivery) {}
    fast_receives(const fast_receives&) = delete;
    fast_receives& operator=(const fast_receives&) = delete;

    // See backend::channel_start.
    [[nodiscard]] core::start_result start(request& request) noexcept;

    // It has ended. Runs in a callback of the pool, as its last action.
    void ended(request& request) noexcept;

private:
    // Under the lock. If it was queued and not at once, the request is not touched any more: its completion may
    // be done with it before we are back from the system's call.
    [[nodiscard]] issue_result issue(request& request) noexcept;
    // A round is over. The outcome to deliver, or none if the request goes on.
    [[nodiscard]] std::optional<core::outcome> conclude(request& request) noexcept;
    [[nodiscard]] core::outcome outcome_of(request& request) const noexcept;
    // It had more buffers than one call takes and has filled its first ones, more bytes are there, and it is the
    // only one and the last that was issued: issues another round.
    [[nodiscard]] issue_result issue_more(request& request, const core::outcome& outcome) noexcept;

    binding& binding_;
    delivery& delivery_;
    srw_lock lock_;
    std::uint64_t last_number_ = 0; // of the rounds that were issued
};

} // namespace async_socket::win32
