#include "win32/socket/lane.hpp"

#include <algorithm>

#include "core/socket/socket.hpp"
#include "core/time/idle_time.hpp"
#include "win32/engine/turn.hpp"
#include "win32/socket/channel.hpp"
#include "win32/system/error.hpp"
#include "win32/thread/thread_identity.hpp"

namespace async_socket::win32 {

namespace {

// Nothing goes over the connection any more, by nobody's call.
bool is_loss(core::ending how, std::uint32_t code) noexcept
{
    return how == core::ending::reset || how == core::ending::timed_out || how == core::ending::unreachable ||
           is_abort(code);
}

// It came with a completion or with a refusal, which have codes of their own. An abort is this machine's answer to
// something of the peer's, a reset most likely that came when nobody asked: our own close is known elsewhere.
core::ending ending_of_loss(std::uint32_t code) noexcept
{
    const core::ending how = is_abort(code) ? core::ending::reset : ending_of(code);
    return how != core::ending::failed ? how : ending_of_refusal(code);
}

} // namespace

core::refusal lane::start(request& request) noexcept
{
    const core::operation_kind kind = request.kind;
    issue_result issued{};
    core::refusal torn_by;
    {
        const lock scope(lock_);
        issued = admit(request);
        torn_by = is_in_order() && torn_ ? cut_ : core::refusal{};
    }
    const core::refusal refused = refusal_of(kind, issued);
    return !refused.is_none() && !torn_by.is_none() ? torn_by : explained(refused);
}

issue_result lane::admit(request& request) noexcept
{
    if (channel_.reception() != nullptr) {
        admit_accept(request);
        return {taken::pending};
    }
    if (torn_) {
        return {taken::refused, WSAECONNABORTED};
    }
    if (in_system_.empty()) { // nothing is pending then: see may_follow
        channel_.owner().note_wait(way_);
    }
    if (!may_follow()) {
        in_line_.push_back(request);
        channel_.undelivered().add();
        if (is_in_order()) {
            order_.accept(request);
        }
        channel_.arm(request);
        return {taken::pending};
    }
    issuer_ = this_issuer();
    const issue_result issued = issue_round(request);
    if (issued.is_refused()) {
        return issued;
    }
    if (is_in_order()) {
        order_.accept(request);
    }
    const auto outcome = request.round_is_over() ? round_over(request) : std::nullopt;
    if (outcome) {
        channel_.undelivered().add();
        deliver(request, *outcome);
    } else {
        channel_.arm(request);
    }
    return issued;
}

void lane::admit_accept(request& request) noexcept
{
    in_line_.push_back(request);
    channel_.undelivered().add();
    order_.accept(request);
    serve(true);
    if (!request.is_over()) {
        channel_.arm(request);
    }
    if (win32::request* const next = next_in_order()) {
        deliver_from_here(*next);
    }
}

void lane::serve(bool is_open) noexcept
{
    reception& doors = *channel_.reception();
    while (!in_line_.empty()) {
        backend::unique_socket guest = doors.take_guest();
        if (!guest) {
            break;
        }
        give_to_first(std::move(guest));
    }
    while (is_open && !in_line_.empty() && !doors.pause().is_under_way()) {
        porter* const idle = doors.idle();
        if (idle == nullptr) {
            break;
        }
        const issue_result issued = idle->call(channel_.event());
        if (issued.is_refused()) {
            not_called(issued.error);
        } else {
            channel_.undelivered().add();
        }
    }
}

void lane::give_to_first(backend::unique_socket guest) noexcept
{
    request& first = *in_line_.pop_front();
    first.connection.guest->adopt({nullptr, guest.release()});
    leave_over(first, {core::ending::done, 1, NO_ERROR});
}

void lane::not_called(DWORD error) noexcept
{
    core::accept_pause& pause = channel_.reception()->pause();
    const core::ending how = ending_of_refusal(error);
    if (how == core::ending::no_room) {
        pause.note_shortage(error);
    } else if (how == core::ending::reset) { // the peer that was next
        pause.note_failure();
    } else {
        leave_over(*in_line_.pop_front(), {core::ending::failed, 0, error});
    }
}

win32::request* lane::called(porter& at, ULONG code) noexcept
{
    const lock scope(lock_);
    // While this visit lasts nobody closes. A listener that is closing asks for no more.
    const core::lifecycle::visit visit(channel_.owner().life());
    const DWORD error = at.completed(code);
    if (error == NO_ERROR) {
        channel_.reception()->pause().note_success();
    } else if (visit.is_inside()) {
        note_lost_guest(error);
    }
    serve(visit.is_inside());
    if (!visit.is_inside() && !channel_.reception()->is_called()) {
        end_line();
    }
    return next_in_order();
}

// It was one peer's, or one thread's: the next one comes.
void lane::note_lost_guest(DWORD error) noexcept
{
    core::accept_pause& pause = channel_.reception()->pause();
    if (ending_of(error) == core::ending::no_room) {
        pause.note_shortage(error);
    } else {
        pause.note_failure();
    }
}

void lane::resume() noexcept
{
    const lock scope(lock_);
    const core::lifecycle::visit visit(channel_.owner().life());
    channel_.reception()->pause().note_over();
    serve(visit.is_inside());
    if (win32::request* const next = next_in_order()) {
        channel_.post(*next);
    }
}

void lane::shut() noexcept
{
    const lock scope(lock_);
    if (channel_.reception()->is_called()) {
        return;
    }
    end_line();
    if (win32::request* const next = next_in_order()) {
        channel_.post(*next);
    }
}

void lane::end_line() noexcept
{
    while (request* const first = in_line_.pop_front()) {
        leave_over(*first, {core::ending::closed_here, 0, ERROR_OPERATION_ABORTED});
    }
}

bool lane::has_porter_pending() noexcept
{
    const lock scope(lock_);
    return channel_.reception()->is_pending();
}

bool lane::may_follow() const noexcept
{
    if (in_system_.empty()) {
        return true; // whatever is in line or parked goes on as soon as the system has none
    }
    const std::uintptr_t me = this_issuer();
    const bool all_ahead_are_mine = me != 0 && issuer_ == me && in_line_.empty() && parked_.empty() && long_ == 0;
    return all_ahead_are_mine && !one_at_a_time();
}

void lane::deliver(request& request, const core::outcome& outcome) noexcept
{
    if (!is_in_order()) {
        request.set_verdict(outcome);
        channel_.deliver(request);
        return;
    }
    leave_over(request, outcome);
    if (win32::request* const next = next_in_order()) {
        deliver_from_here(*next);
    }
}

issue_result lane::issue_round(request& request) noexcept
{
    as_buffer room[win32::request::buffers_behind_a_cut];
    const std::uint64_t number = request.number() != 0 ? request.number() : ++last_number_;
    const core::pieces::row buffers = request.begin_round(number, room);
    const issue_result issued = channel_.issue(request, buffers);
    if (issued.is_refused()) {
        return issued;
    }
    if (issued.how == taken::done) {
        request.set_round_over();
    } else {
        channel_.undelivered().add();
    }
    const bool keeps_others_back = way_ == core::direction::send ? request.has_more_rounds() : request.is_exact();
    long_ = keeps_others_back ? number : 0;
    in_system_.insert(request);
    return {taken::pending};
}

win32::request* lane::completed(request& request) noexcept
{
    // Waits until the issuing thread is done with the round: a callback never runs inside the call
    // that started it, and the issuing thread never finds the request gone.
    const lock scope(lock_);
    std::optional<core::outcome> outcome = round_over(request);
    if (in_system_.empty() && !(parked_.empty() && in_line_.empty())) {
        const std::optional<core::outcome> by_refill = refill(request);
        outcome = by_refill ? by_refill : outcome;
    }
    if (is_in_order()) {
        return completed_in_order(request, outcome);
    }
    if (outcome) {
        request.set_verdict(*outcome);
    }
    return outcome ? &request : nullptr;
}

win32::request* lane::completed_in_order(request& request, const std::optional<core::outcome>& outcome) noexcept
{
    if (outcome) {
        leave_over(request, *outcome);
    }
    win32::request* const next = next_in_order();
    // Whichever is called back: it counts as what this thread does. One that waits for that counts by itself.
    if (outcome && next == nullptr) {
        channel_.undelivered().add();
    } else if (!outcome && next != nullptr) {
        channel_.undelivered().drop();
    }
    return next;
}

void lane::leave_over(request& request, const core::outcome& outcome) noexcept
{
    request.set_verdict(outcome);
    order_.over(request);
}

win32::request* lane::next_in_order() noexcept
{
    win32::request* const next = order_.next();
    if (next != nullptr || !order_.waits_for_another_than(turn::of_this_thread())) {
        return next;
    }
    // What that one keeps until its callback, of another direction, has returned does not keep others waiting.
    return turn::take_back_one(channel_, way_);
}

void lane::deliver_from_here(request& next) noexcept
{
    order_.set_keeper(channel_.deliver(next) ? turn::of_this_thread() : nullptr);
}

void lane::hand_on(bool is_blocking) noexcept
{
    const lock scope(lock_);
    order_.give_up();
    win32::request* const next = order_.next();
    if (next == nullptr) {
        return;
    }
    if (is_blocking) {
        channel_.post(*next);
    } else {
        deliver_from_here(*next);
    }
}

bool lane::cancel(request& request, core::ending why) noexcept
{
    // While this visit lasts the connection stays. A socket that is closing ends everything by itself.
    const core::lifecycle::visit visit(channel_.owner().life());
    const lock scope(lock_);
    if (!visit.is_inside() || request.is_over()) {
        return true;
    }
    request.cancel(why);
    const auto is_it = [&request](const win32::request& each) { return &each == &request; };
    if (in_line_.pop_first(is_it) == nullptr && parked_.pop_first(is_it) == nullptr) {
        return channel_.cancel_round(request);
    }
    stop_waiting(request, why);
    if (win32::request* const next = next_in_order()) {
        channel_.post(*next);
    }
    return true;
}

// A send that waits has not begun: one at a time is in the system, and goes on at once if it is cut. So nothing is
// torn.
void lane::stop_waiting(request& request, core::ending why) noexcept
{
    const core::outcome outcome{why, request.transferred(), backend::code_of_stop(why)};
    leave_over(request, way_ == core::direction::receive ? final_outcome(request, outcome) : outcome);
}

bool lane::mark_idle(lane& sends, lane& receives, core::idle_time& asked) noexcept
{
    // A socket that is closing ends everything by itself.
    const core::lifecycle::visit visit(sends.channel_.owner().life());
    if (!visit.is_inside()) {
        return false;
    }
    const lock of_sends(sends.lock_);
    const lock of_receives(receives.lock_);
    for (lane* const each : {&sends, &receives}) {
        if (each->in_system_.any_is_over()) { // its bytes have moved, and wait to be counted
            asked.note_movement(each->way_);
        }
    }
    const bool is_over = asked.is_over(!sends.in_system_.empty(), !receives.in_system_.empty()); // see may_follow
    if (is_over) {
        sends.mark_all_idle();
        receives.mark_all_idle();
    }
    return is_over;
}

void lane::mark_all_idle() noexcept
{
    const auto mark = [](win32::request& marked) {
        core::operation_alarm::set_over(marked);
        marked.cancel(core::ending::timed_out);
    };
    in_system_.for_each(mark);
    for (request_list* const waiting : {&parked_, &in_line_}) {
        while (request* const each = waiting->pop_front()) {
            mark(*each);
            stop_waiting(*each, each->cancelled_as());
        }
    }
    if (win32::request* const next = next_in_order()) {
        channel_.post(*next);
    }
}

bool lane::cancel_rounds() noexcept
{
    // While this visit lasts the connection stays.
    const core::lifecycle::visit visit(channel_.owner().life());
    const lock scope(lock_);
    bool are_cancelled = true;
    if (visit.is_inside()) {
        in_system_.for_each([&](win32::request& each) {
            are_cancelled = (!each.is_cancelled() || channel_.cancel_round(each)) && are_cancelled;
        });
    }
    return are_cancelled;
}

std::optional<core::outcome> lane::round_over(request& request) noexcept
{
    do {
        const std::uint64_t moved_before = request.transferred();
        const core::outcome outcome = request.end_round();
        in_system_.remove(request);
        long_ = long_ != request.number() ? long_ : 0;
        channel_.owner().count_bytes(way_, std::min(outcome.bytes, request.total) - moved_before);
        if (outcome.bytes != moved_before && request.number() > last_moved_) {
            last_moved_ = request.number();
        }
        if (request.is_cancelled()) {
            return final_outcome(request, as_cancelled(request, outcome));
        }
        if (was_cut(request, outcome) && request.can_go_on()) {
            request.set_verdict(outcome);
            parked_.insert(request, request::comes_before);
            channel_.undelivered().add();
            return std::nullopt;
        }
        const bool may_go_on = request.can_go_on() && request.wants_more();
        if (const auto over = may_go_on ? go_on_behind(request, outcome) : outcome) {
            return final_outcome(request, *over);
        }
    } while (request.round_is_over()); // at once
    return std::nullopt;
}

// A round may have gone through, with others to come that will not; or it was cut, which is no failure, whatever the
// system has called it.
core::outcome lane::as_cancelled(const request& request, const core::outcome& outcome) const noexcept
{
    const bool is_enough = outcome.how == core::ending::done && !request.ends_whole();
    const bool has_more = outcome.bytes < request.total && !is_enough;
    return has_more && (outcome.how == core::ending::done || was_cut(request, outcome))
               ? core::outcome{core::ending::cancelled, outcome.bytes, ERROR_OPERATION_ABORTED}
               : outcome;
}

// A send has more buffers than went out, or not all has come that has to; a receive has filled its first buffers, and
// more bytes are there.
std::optional<core::outcome> lane::go_on_behind(request& request, const core::outcome& so_far) noexcept
{
    // While this visit lasts the connection stays. A socket that is closing issues nothing any more.
    const core::lifecycle::visit visit(channel_.owner().life());
    if (request.ends_whole()) {
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

void lane::end_elsewhere(request& request, const core::outcome& outcome) noexcept
{
    if (is_in_order()) {
        leave_over(request, outcome);
        return;
    }
    request.set_verdict(outcome);
    channel_.post(request);
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
            end_elsewhere(request, final_outcome(request, *outcome));
            return;
        }
        if (outcome) {
            outcome_of_current = final_outcome(request, *outcome);
        }
        channel_.undelivered().drop(); // this thread has one of its own
    };
    const auto overtaken = [last_moved](const request& one) { return one.number() < last_moved; };
    // One that takes several calls was not overtaken, so nothing behind it was.
    while (!parked_.empty() && long_ == 0) {
        request& parked = *parked_.pop_front();
        leave(parked, overtaken(parked) ? parked.verdict() : go_on(parked, visit.is_inside()));
    }
    while (!in_line_.empty() && long_ == 0 && !(one_at_a_time() && !in_system_.empty())) {
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
        return is_in_order() ? core::outcome{cut_.how, moved, cut_.code}
                             : core::outcome{core::ending::failed, moved, WSAECONNABORTED};
    }
    issuer_ = this_issuer();
    const issue_result issued = issue_round(request);
    if (!issued.is_refused()) {
        return std::nullopt;
    }
    const core::refusal refused = explained(win32::refusal_of(issued.error));
    return core::outcome{refused.how, moved, refused.code};
}

core::outcome lane::final_outcome(const request& request, core::outcome outcome) noexcept
{
    const bool in_the_middle = outcome.bytes != 0 && outcome.bytes < request.total;
    if (in_the_middle && !request.ends_whole() && !request.has_gap() && !is_inexact(outcome)) {
        outcome.how = core::ending::done; // the bytes of an earlier round are not lost
    }
    if (outcome.how == core::ending::reset) {
        channel_.remember_loss(outcome.code); // also where nobody is told of it again: a close need not ask then
    }
    if (way_ == core::direction::receive) {
        return in_words_of_streams(request, outcome);
    }
    const bool tears = (in_the_middle && request.ends_whole()) || request.has_gap() || is_inexact(outcome);
    if (is_inexact(outcome) && !channel_.is_connected()) {
        outcome.how = core::ending::closed_here; // that is why it was cut
    }
    outcome = in_words_of_streams(request, outcome);
    if (tears && !torn_) {
        torn_ = true;
        cut_ = {outcome.how, outcome.code};
    }
    return outcome;
}

core::refusal lane::explained(const core::refusal& refused) const noexcept
{
    if (is_loss(refused.how, refused.code)) {
        channel_.remember_loss(refused.code);
    }
    const std::uint32_t loss = channel_.code_of_loss();
    const bool is_by_loss = refused.how == core::ending::closed_here && loss != 0 && is_in_order();
    return is_by_loss ? core::refusal{ending_of_loss(loss), loss} : refused;
}

// Wine tells of a loss once at the most, and has an end from then on.
core::outcome lane::at_end(const core::outcome& ended) const noexcept
{
    const core::ending nature = channel_.code_of_loss() == 0 ? channel_.nature_of_end() : core::ending::reset;
    if (nature == core::ending::end_of_stream) {
        return ended;
    }
    if (nature == core::ending::closed_here) {
        return {nature, ended.bytes, ERROR_OPERATION_ABORTED};
    }
    channel_.remember_loss(WSAECONNRESET); // unless it is known better
    const std::uint32_t loss = channel_.code_of_loss();
    return {ending_of_loss(loss), ended.bytes, loss};
}

core::outcome lane::in_words_of_streams(const request& request, core::outcome outcome) const noexcept
{
    if (!is_in_order()) {
        return outcome;
    }
    if (outcome.bytes > request.total) {
        return {core::ending::failed, request.total, outcome.code};
    }
    // A deadline of the caller's is no loss, neither this one's nor that of a send before it that was cut.
    const bool is_late =
        outcome.how == core::ending::timed_out && outcome.code == backend::code_of_stop(core::ending::timed_out);
    if (is_loss(outcome.how, outcome.code) && !is_late) {
        channel_.remember_loss(outcome.code);
        outcome.how = outcome.how == core::ending::closed_here ? ending_of_loss(outcome.code) : outcome.how;
    }
    if (outcome.how == core::ending::end_of_stream) {
        return at_end(outcome);
    }
    if (outcome.how != core::ending::cancelled) {
        return outcome;
    }
    if (outcome.bytes == request.total && !is_inexact(outcome)) {
        outcome.how = core::ending::done;
    } else if (request.is_cancelled()) {
        outcome = {request.cancelled_as(), outcome.bytes, backend::code_of_stop(request.cancelled_as())};
    } else if (!torn_) {
        outcome.how = core::ending::failed;
    }
    return outcome;
}

// By the system, which says how much has gone. Wine calls a send done that it has cut, if a receive finds the peer's
// end meanwhile.
bool lane::was_cut(const request& request, const core::outcome& outcome) const noexcept
{
    return (outcome.how == core::ending::cancelled && !is_inexact(outcome)) ||
           (request.round_was_short() && channel_.cut_sends_are_exact());
}

bool lane::is_inexact(const core::outcome& outcome) const noexcept
{
    return outcome.how == core::ending::cancelled && way_ == core::direction::send && !channel_.cut_sends_are_exact();
}

bool lane::is_in_order() const noexcept
{
    return channel_.is_in_order();
}

bool lane::one_at_a_time() const noexcept
{
    return is_in_order() && way_ == core::direction::send;
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
