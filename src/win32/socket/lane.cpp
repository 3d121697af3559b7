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
    const bool all_ahead_are_mine = me != 0 && issuer_ == me && in_line_.empty() && parked_.empty() && !has_long_;
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
    as_buffer room[win32::request::buffers_behind_a_cut];
    const core::pieces::row buffers = request.begin_round(++last_number_, room);
    const issue_result issued = channel_.issue(request, buffers);
    if (issued.is_refused()) {
        return issued;
    }
    if (issued.how == taken::done) {
        request.set_round_over();
    } else {
        channel_.undelivered().add();
    }
    has_long_ = way_ == core::direction::send && request.has_more_rounds();
    in_system_.insert(request);
    return {taken::pending};
}

void lane::completed(request& request) noexcept
{
    std::optional<core::outcome> outcome;
    {
        // Waits until the issuing thread is done with the round: a callback never runs inside the call
        // that started it, and the issuing thread never finds the request gone.
        const lock scope(lock_);
        outcome = round_over(request);
        if (in_system_.empty() && !(parked_.empty() && in_line_.empty())) {
            const std::optional<core::outcome> by_refill = refill(request);
            outcome = by_refill ? by_refill : outcome;
        }
    }
    if (outcome) {
        channel_.finish(request, *outcome); // 01_065, 01_071
    }
}

std::optional<core::outcome> lane::round_over(request& request) noexcept
{
    do {
        const std::uint64_t moved_before = request.transferred();
        const core::outcome outcome = request.end_round();
        in_system_.remove(request);
        has_long_ = has_long_ && request.number() != last_number_;
        if (outcome.bytes != moved_before && request.number() > last_moved_) {
            last_moved_ = request.number();
        }
        if (outcome.how == core::ending::cancelled && request.can_go_on() && !is_inexact(outcome)) {
            request.set_verdict(outcome);
            parked_.insert(request, request::comes_before);
            channel_.undelivered().add();
            return std::nullopt;
        }
        const bool may_go_on = request.round_was_filled() && request.can_go_on();
        if (const auto over = may_go_on ? go_on_behind(request, outcome) : outcome) {
            return final_outcome(request, *over);
        }
    } while (request.round_is_over()); // at once
    return std::nullopt;
}

// A send has more buffers than went out; a receive has filled its first ones, and more bytes are there.
std::optional<core::outcome> lane::go_on_behind(request& request, const core::outcome& so_far) noexcept
{
    // While this visit lasts the connection stays. A socket that is closing issues nothing any more.
    const core::lifecycle::visit visit(channel_.owner().life());
    if (way_ == core::direction::send) {
        return issue_again(request, visit.is_inside());
    }
    const bool goes_on = visit.is_inside() && receives_more(request) && !issue_again(request, true);
    return goes_on ? std::nullopt : std::optional(so_far);
}

bool lane::receives_more(const request& request) noexcept
{
    const bool others_around = !in_system_.empty() || !in_line_.empty() || !parked_.empty();
    const bool overtaken = last_moved_ > request.number(); // what waits is not what follows its own bytes
    return !others_around && !overtaken && channel_.bytes_are_waiting();
}

std::optional<core::outcome> lane::refill(const request& current) noexcept
{
    // While this visit lasts the connection stays. A socket that is closing issues nothing any more.
    const core::lifecycle::visit visit(channel_.owner().life());
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
    const auto overtaken = [last_moved](const request& one) { return one.number() < last_moved; };
    while (!parked_.empty() && (!has_long_ || overtaken(*parked_.front()))) {
        request& parked = *parked_.pop_front();
        leave(parked, overtaken(parked) ? parked.verdict() : go_on(parked, visit.is_inside()));
    }
    while (!in_line_.empty() && !has_long_) {
        request& next = *in_line_.pop_front();
        leave(next, go_on(next, visit.is_inside()));
    }
    return outcome_of_current;
}

std::optional<core::outcome> lane::go_on(request& request, bool is_open) noexcept
{
    const std::optional<core::outcome> over = issue_again(request, is_open);
    return !over && request.round_is_over() ? round_over(request) : over;
}

std::optional<core::outcome> lane::issue_again(request& request, bool is_open) noexcept
{
    const std::uint64_t moved = request.transferred();
    if (!is_open) {
        return core::outcome{core::ending::closed_here, moved, ERROR_OPERATION_ABORTED};
    }
    if (torn_) {
        return core::outcome{core::ending::failed, moved, WSAECONNABORTED};
    }
    issuer_ = this_issuer();
    const issue_result issued = issue_round(request);
    if (!issued.is_refused()) {
        return std::nullopt;
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
