#include "win32/socket/lane.hpp"

#include "core/socket.hpp"
#include "win32/socket/channel.hpp"
#include "win32/system/error.hpp"
#include "win32/system/thread_identity.hpp"

namespace async_socket::win32 {

core::start_result lane::start(request& request) noexcept
{
    issue_result issued{};
    {
        const lock scope(lock_);
        issued = admit(request);
    }
    return result_of(core::transfer_in(way_), issued);
}

issue_result lane::admit(request& request) noexcept
{
    if (torn_) {
        return {taken::refused, WSAECONNABORTED};
    }
    const std::uintptr_t me = this_issuer();
    const bool none_ahead = in_system_.empty(); // whatever is in line or parked goes on as soon as the system has none
    const bool all_ahead_are_mine = me != 0 && issuer_ == me && in_line_.empty() && parked_.empty();
    if (!none_ahead && !all_ahead_are_mine) {
        in_line_.push_back(request);
        channel_.undelivered().add();
        return {taken::pending};
    }
    issuer_ = me;
    const issue_result issued = issue_round(request);
    if (!issued.is_refused() && request.round_is_over()) {
        if (const auto outcome = round_over(request)) {
            channel_.undelivered().add();
            channel_.deliver(request, *outcome);
        }
    }
    return issued;
}

issue_result lane::issue_round(request& request) noexcept
{
    request.begin_round(++last_number_);
    const std::uint32_t parts = request.part_count();
    std::uint32_t under_way = 0;
    for (std::uint32_t i = 0; i < parts; ++i) {
        const issue_result issued = channel_.issue(request.kind, request.part(i));
        if (issued.how == taken::pending) {
            ++under_way;
        } else if (issued.how == taken::done) {
            (void)request.end_part();
        } else if (i == 0) {
            return issued; // nothing is under way: it can still be refused
        } else {
            // Bytes are under way, so the request is accepted and its callback tells of the error. The parts
            // before have not ended the round yet: their completions wait for the lock.
            request.refuse_parts_from(i, issued.error != NO_ERROR ? issued.error : WSAENOTCONN);
            break;
        }
    }
    if (under_way != 0) {
        channel_.undelivered().add(under_way);
    }
    in_system_.insert(request);
    return {taken::pending};
}

void lane::completed(io_part& part) noexcept
{
    request& request = *part.whole;
    std::optional<core::outcome> outcome;
    {
        // Waits until the issuing thread is done with the round: a callback never runs inside the call
        // that started it, and the issuing thread never finds the request gone.
        const lock scope(lock_);
        if (request.end_part()) {
            outcome = round_over(request);
            if (in_system_.empty() && !(parked_.empty() && in_line_.empty())) {
                const std::optional<core::outcome> by_refill = refill(request);
                outcome = by_refill ? by_refill : outcome;
            }
        }
    }
    if (outcome) {
        channel_.owner().finish(request, *outcome); // 01_065, 01_071
    }
}

std::optional<core::outcome> lane::round_over(request& request) noexcept
{
    do {
        const std::uint64_t moved_before = request.transferred();
        const core::outcome outcome = request.end_round();
        in_system_.remove(request);
        if (outcome.bytes != moved_before && request.number() > last_moved_) {
            last_moved_ = request.number();
        }
        if (outcome.how == core::ending::cancelled && request.can_go_on() && !is_inexact(outcome)) {
            request.set_verdict(outcome);
            parked_.insert(request, request::comes_before);
            channel_.undelivered().add();
            return std::nullopt;
        }
        if (!receives_more(request, outcome)) {
            return final_outcome(request, outcome);
        }
    } while (request.round_is_over()); // at once
    return std::nullopt;
}

// A receive of more buffers than one call takes has filled its first ones, and more bytes are there.
bool lane::receives_more(request& request, const core::outcome& outcome) noexcept
{
    if (way_ != core::direction::receive || outcome.how != core::ending::done || !request.round_was_filled() ||
        !request.can_go_on()) {
        return false;
    }
    const bool others_around = !in_system_.empty() || !in_line_.empty() || !parked_.empty();
    const bool overtaken = last_moved_ > request.number(); // what waits is not what follows its own bytes
    const core::lifecycle::visit visit(channel_.owner().life());
    if (others_around || overtaken || !visit.is_inside() || !channel_.bytes_are_waiting()) {
        return false;
    }
    issuer_ = this_issuer();
    return !issue_round(request).is_refused();
}

std::optional<core::outcome> lane::refill(const request& current) noexcept
{
    // While this visit lasts the connection stays. A socket that is closing issues nothing any more.
    const core::lifecycle::visit visit(channel_.owner().life());
    issuer_ = this_issuer();
    const std::uint64_t last_moved = last_moved_;
    last_moved_ = 0;
    std::optional<core::outcome> outcome_of_current;
    // It does not wait here any more: for its callback it is counted as what it is now.
    const auto leave = [&](request& request, const std::optional<core::outcome>& outcome) {
        if (outcome && &request != &current) {
            request.set_verdict(final_outcome(request, *outcome));
            channel_.post(request);
            return;
        }
        if (outcome) {
            outcome_of_current = final_outcome(request, *outcome);
        }
        channel_.undelivered().drop(); // this thread has one of its own
    };
    while (request* const parked = parked_.pop_front()) {
        const bool overtaken = parked->number() < last_moved;
        leave(*parked, overtaken ? parked->verdict() : go_on(*parked, visit.is_inside()));
    }
    while (request* const next = in_line_.pop_front()) {
        leave(*next, go_on(*next, visit.is_inside()));
    }
    return outcome_of_current;
}

std::optional<core::outcome> lane::go_on(request& request, bool is_open) noexcept
{
    const std::uint64_t moved = request.transferred();
    if (!is_open) {
        return core::outcome{core::ending::closed_here, moved, ERROR_OPERATION_ABORTED};
    }
    if (torn_) {
        return core::outcome{core::ending::failed, moved, WSAECONNABORTED};
    }
    const issue_result issued = issue_round(request);
    if (!issued.is_refused()) {
        return request.round_is_over() ? round_over(request) : std::nullopt;
    }
    return core::outcome{ending_of_refusal(issued.error), moved, issued.error};
}

core::outcome lane::final_outcome(const request& request, core::outcome outcome) noexcept
{
    const bool in_the_middle = outcome.bytes != 0 && outcome.bytes < request.total;
    if (way_ == core::direction::receive) {
        if (in_the_middle) {
            outcome.how = core::ending::done; // the bytes of an earlier round are not lost
        }
        return outcome;
    }
    torn_ = torn_ || in_the_middle || request.has_gap() || is_inexact(outcome);
    if (is_inexact(outcome) && !channel_.is_connected()) {
        outcome.how = core::ending::closed_here; // that is why it was cut
    }
    return outcome;
}

bool lane::is_inexact(const core::outcome& outcome) const noexcept
{
    return outcome.how == core::ending::cancelled && way_ == core::direction::send && !channel_.cut_sends_are_exact();
}

std::uintptr_t lane::this_issuer() const noexcept
{
    return channel_.operations_end_with_threads() ? thread_identity() : UINTPTR_MAX;
}

bool lane::is_pending() noexcept
{
    const lock scope(lock_);
    return in_system_.any_is_pending();
}

} // namespace async_socket::win32
