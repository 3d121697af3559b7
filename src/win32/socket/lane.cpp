#include "win32/socket/lane.hpp"

#include "core/socket.hpp"
#include "win32/system/thread_identity.hpp"

namespace async_socket::win32 {

core::start_result lane::start(request& request) noexcept
{
    issue_result issued{};
    {
        const lock scope(lock_);
        issued = accept(request);
    }
    return result_of(way_, issued);
}

issue_result lane::accept(request& request) noexcept
{
    if (torn_) {
        return {false, WSAECONNABORTED};
    }
    const std::uintptr_t me = thread_identity();
    const bool none_ahead = in_system_ == 0; // whatever is in line or parked goes on as soon as the system has none
    const bool all_ahead_are_mine = me != 0 && issuer_ == me && in_line_.empty() && parked_.empty();
    // A request that is alone always ends in a callback of the system's. One that has others around it may
    // have to end without, and then nothing must be able to fail.
    if (!none_ahead && !delivery_.prepare()) {
        return {false, ERROR_NOT_ENOUGH_MEMORY};
    }
    if (!none_ahead && !all_ahead_are_mine) {
        in_line_.push_back(request);
        delivery_.begin_one();
        return {true, NO_ERROR};
    }
    issuer_ = me;
    const issue_result issued = issue_round(request);
    if (issued.queued) {
        delivery_.begin_one();
    }
    if (issued.queued && request.round_is_over()) {
        if (const auto ended = conclude(request)) {
            delivery_.soon(request, *ended);
        }
    }
    return issued;
}

issue_result lane::issue_round(request& request) noexcept
{
    request.begin_round(++last_number_);
    const std::uint32_t parts = request.part_count();
    for (std::uint32_t i = 0; i < parts; ++i) {
        const issue_result issued = binding_.issue(way_, request.part(i));
        if (issued.at_once) {
            request.end_part();
        }
        if (issued.queued) {
            continue;
        }
        if (i == 0) {
            return issued; // nothing is under way: it can still be refused
        }
        // Bytes are under way, so the request is accepted and its callback tells of the error. The parts
        // that were queued have not ended the round yet: their completions wait for the lock.
        request.refuse_parts_from(i, issued.error != NO_ERROR ? issued.error : WSAENOTCONN);
        break;
    }
    ++in_system_;
    return {true, NO_ERROR};
}

void lane::part_ended(io_part& part) noexcept
{
    request& request = *part.whole;
    std::optional<core::outcome> outcome;
    {
        // Waits until the issuing thread is done with the round: a callback never runs inside the call
        // that started it, and the issuing thread never finds the request gone.
        const lock scope(lock_);
        if (request.end_part()) {
            outcome = round_ended(request);
        }
    }
    if (outcome) {
        delivery_.end_one();
        binding_.owner().finish(request, *outcome); // 01_065, 01_071
    }
}

std::optional<core::outcome> lane::round_ended(request& request) noexcept
{
    std::optional<core::outcome> ended = conclude(request);
    if (in_system_ == 0 && !(parked_.empty() && in_line_.empty())) {
        const std::optional<core::outcome> ended_by_refill = refill(request);
        if (ended_by_refill) {
            ended = ended_by_refill;
        }
    }
    return ended;
}

std::optional<core::outcome> lane::conclude(request& request) noexcept
{
    do {
        const std::uint64_t moved_before = request.transferred();
        const core::outcome outcome = request.end_round();
        --in_system_;
        if (outcome.bytes != moved_before && request.number() > last_moved_) {
            last_moved_ = request.number();
        }
        if (outcome.how == core::ending::cancelled && request.can_go_on()) {
            park(request, outcome);
            return std::nullopt;
        }
        if (!receives_more(request, outcome)) {
            return settle(request, outcome);
        }
    } while (request.round_is_over()); // at once
    return std::nullopt;
}

// A receive of more buffers than one call takes has filled its first ones, and more bytes are there.
bool lane::receives_more(request& request, const core::outcome& outcome) noexcept
{
    if (way_ != core::direction::receive || outcome.how != core::ending::success || !request.round_was_filled() ||
        !request.can_go_on()) {
        return false;
    }
    const bool others_around = in_system_ != 0 || !in_line_.empty() || !parked_.empty();
    const bool overtaken = last_moved_ > request.number(); // what waits is not what follows its own bytes
    const core::lifecycle::visit visit(binding_.owner().life());
    if (others_around || overtaken || !visit.is_inside() || !binding_.bytes_are_waiting()) {
        return false;
    }
    issuer_ = thread_identity();
    return issue_round(request).queued;
}

void lane::park(request& request, const core::outcome& outcome) noexcept
{
    request.set_verdict(outcome);
    parked_.insert_by_number(request);
}

std::optional<core::outcome> lane::refill(const request& current) noexcept
{
    // While this visit lasts the connection stays. A socket that is closing issues nothing any more.
    const core::lifecycle::visit visit(binding_.owner().life());
    issuer_ = thread_identity();
    const std::uint64_t last_moved = last_moved_;
    last_moved_ = 0;
    std::optional<core::outcome> current_ended;
    const auto end = [&](request& request, const core::outcome& outcome) {
        if (&request == &current) {
            current_ended = settle(request, outcome);
        } else {
            delivery_.later(request, settle(request, outcome));
        }
    };
    while (request* const parked = parked_.pop_front()) {
        const bool overtaken = parked->number() < last_moved;
        const auto outcome = overtaken ? parked->verdict() : go_on(*parked, visit.is_inside());
        if (outcome) {
            end(*parked, *outcome);
        }
    }
    while (request* const next = in_line_.pop_front()) {
        if (const auto outcome = go_on(*next, visit.is_inside())) {
            end(*next, *outcome);
        }
    }
    return current_ended;
}

std::optional<core::outcome> lane::go_on(request& request, bool is_open) noexcept
{
    const std::uint64_t moved = request.transferred();
    if (!is_open) {
        return core::outcome{core::ending::disconnected, moved, ERROR_OPERATION_ABORTED};
    }
    if (torn_) {
        return core::outcome{core::ending::failed, moved, WSAECONNABORTED};
    }
    const issue_result issued = issue_round(request);
    if (issued.queued) {
        return request.round_is_over() ? conclude(request) : std::nullopt;
    }
    return core::outcome{is_gone(issued) ? core::ending::disconnected : core::ending::failed, moved, issued.error};
}

core::outcome lane::settle(const request& request, core::outcome outcome) noexcept
{
    const bool in_the_middle = outcome.bytes != 0 && outcome.bytes < request.total;
    if (way_ == core::direction::send && (in_the_middle || request.has_gap())) {
        torn_ = true;
    }
    if (in_the_middle && way_ == core::direction::receive) {
        outcome.how = core::ending::success; // the bytes of an earlier round are not lost
    }
    return outcome;
}

} // namespace async_socket::win32
