#include "linux/socket/lane.hpp"

#include <sys/epoll.h>

#include <cerrno>

#include "core/common/log.hpp"
#include "core/listener/doors.hpp"
#include "core/platform/last_error.hpp"
#include "core/socket/socket.hpp"
#include "core/time/idle_time.hpp"
#include "linux/socket/channel.hpp"
#include "linux/socket/running_callback.hpp"
#include "linux/system/error.hpp"

namespace async_socket::linux_os {

namespace {

constexpr std::uint32_t failures = EPOLLHUP | EPOLLERR;
constexpr std::uint32_t changes_of_receives = EPOLLIN | EPOLLPRI | EPOLLRDHUP | failures;
constexpr std::uint32_t changes_of_sends = EPOLLOUT | failures;

// After one of these a call that moves less than it could has not emptied the socket: the end of the
// stream, an error, or the bytes behind urgent data are still there, and no event will tell of them.
// LINUX_13_002, LINUX_13_004
constexpr std::uint32_t something_is_behind = EPOLLPRI | EPOLLRDHUP | failures;

operation& operation_of(schedule::job& each) noexcept
{
    return static_cast<operation&>(each);
}

// Of what ended before its turn, by nobody's call.
int code_of_stop(core::ending how) noexcept
{
    return static_cast<int>(backend::code_of_stop(how));
}

void log_refusal(core::operation_kind kind, int code) noexcept
{
    const char* const what = core::name_of(kind);
    switch (code) {
    case ECONNRESET:
        LOG_INFO("%s refused: the peer has reset the connection", what);
        break;
    case ENOTCONN:
    case ECONNABORTED:
        LOG_INFO("%s refused: the connection is closed", what);
        break;
    default:
        if (kind != core::operation_kind::connect) { // which peers refuse
            LOG_WARNING_CODE(code, "%s refused", what);
        }
    }
}

} // namespace

lane::lane(backend::channel& channel, core::direction way) noexcept
    : schedule::job_line(way == core::direction::receive ? schedule::urgency::receive : schedule::urgency::other),
      channel_(channel)
{
}

lane::exclusive::~exclusive()
{
    lane& own = after_.owner;
    own.ignores_room_.store(own.would_ignore_room(), std::memory_order_relaxed);
    if (!ended().empty() && own.keeps_order() && own.channel_.put_in_line(ended())) {
        wake();
    }
}

lane::exclusive::delivery::~delivery()
{
    if (has_to_wake) {
        owner.channel_.wake_loop();
    }
    if (!ended.empty()) {
        owner.channel_.post(ended);
    }
}

bool lane::would_ignore_room() const noexcept
{
    return is_open_ && ready_ && !has_hooks_ && pending_.empty() && watches_.empty();
}

void lane::open() noexcept
{
    const exclusive first(*this);
    begin_again(channel_.owner().mode() == core::completion_mode::in_order);
    is_open_ = true;
    has_hooks_ = channel_.endpoint().has_hooks();
    is_plain_ = channel_.endpoint().short_means_over();
    // A socket takes bytes until it says that it is full. Whether it has any comes with the first event;
    // a hook may have some that the socket does not know of.
    ready_ = !is_receive() || has_hooks_;
    stays_ready_ = false;
    known_error_ = 0;
}

// In order nothing ends here but the operation itself, since c-pal's sockets alone have hooks: no list is needed.
core::refusal lane::start(operation& operation) noexcept
{
    if (!keeps_order()) {
        return start_side_by_side(operation);
    }
    admission made;
    {
        const core::lock::scope scope(lock_);
        // What most receives find, and nothing that room could matter to.
        if (is_receive() && is_open_ && !ready_ && is_plain_) {
            made = add_to_line(operation);
        } else if (is_open_ && ready_ && pending_.empty() && is_usual(operation)) { // and most sends
            made = try_at_once(operation);
        } else {
            made = admit_with_room(operation);
        }
    }
    if (made == admission::quiet) {
        return core::refusal{};
    }
    return wake_or_refuse(operation, made);
}

lane::admission lane::try_at_once(operation& operation) noexcept
{
    ignores_room_.store(false, std::memory_order_relaxed);
    const progress made = work_on_usual(operation);
    if (made != progress::ended || operation.failure() != 0) {
        return admit_tried(operation, made);
    }
    channel_.undelivered().add();
    const bool wakes = channel_.put_in_line(operation);
    ignores_room_.store(ready_, std::memory_order_relaxed);
    return wakes ? admission::wakes : admission::quiet;
}

lane::admission lane::admit_tried(operation& operation, progress made) noexcept
{
    const admission so_far = after_trying(operation, made);
    ignores_room_.store(ready_ && pending_.empty(), std::memory_order_relaxed);
    return so_far != admission::over ? so_far : channel_.put_in_line(operation) ? admission::wakes : admission::quiet;
}

lane::admission lane::admit_with_room(operation& operation) noexcept
{
    ignores_room_.store(false, std::memory_order_relaxed);
    admission made = admit(operation);
    if (made == admission::over) {
        made = channel_.put_in_line(operation) ? admission::wakes : admission::quiet;
    }
    ignores_room_.store(is_open_ && ready_ && pending_.empty(), std::memory_order_relaxed);
    return made;
}

lane::admission lane::add_to_line(operation& operation) noexcept
{
    channel_.undelivered().add();
    pending_.push_back(operation);
    return operation.is_timed && arm(operation) ? admission::wakes : admission::quiet;
}

// Sends that wait are few: each is armed by itself.
bool lane::arm(operation& timed) noexcept
{
    core::operation_alarm& own = core::operation_alarm::of(timed);
    if (!is_receive()) {
        return channel_.arm(own);
    }
    return !channel_.receive_alarm().covers(own.time_ns()) && arm_for_all(own.time_ns());
}

bool lane::arm_for_all(std::uint64_t deadline_ns) noexcept
{
    channel_.receive_alarm().set_time(deadline_ns);
    return channel_.arm(channel_.receive_alarm());
}

core::refusal lane::wake_or_refuse(operation& operation, admission made) noexcept
{
    if (made == admission::wakes) {
        channel_.wake_loop();
        return core::refusal{};
    }
    return refused(operation.kind, operation.failure());
}

core::refusal lane::start_side_by_side(operation& operation) noexcept
{
    admission made;
    {
        exclusive mine(*this);
        made = admit(operation);
        if (made == admission::over) {
            mine.ended().push_back(operation);
        } else if (made == admission::wakes) {
            mine.wake();
        }
        if (has_hooks_) {
            go_on(mine.ended());
        }
    }
    return made == admission::refused ? refused(operation.kind, operation.failure()) : core::refusal{};
}

core::refusal lane::watch(operation& operation) noexcept
{
    int refusal = 0;
    {
        exclusive mine(*this);
        if (is_open_) {
            channel_.undelivered().add();
            // The user reads and writes past us, so what the lane remembers is not good enough. An event
            // that comes after this question waits for the lock. LINUX_11_002, LINUX_11_003
            const int code = channel_.endpoint().readiness(way());
            watches_.push_back(operation);
            if (!is_later(code)) {
                end_watches(mine.ended(), code == 0 ? core::ending::done : core::ending::failed, code);
            }
        } else {
            refusal = ENOTCONN;
        }
    }
    return refusal == 0 ? core::refusal{} : refused(core::transfer_in(way()), refusal);
}

core::refusal lane::refused(core::operation_kind kind, int refusal) noexcept
{
    backend::set_last_error(static_cast<std::uint32_t>(refusal));
    log_refusal(kind, refusal);
    return refusal_of(refusal);
}

lane::admission lane::admit(operation& operation) noexcept
{
    const int refusal = !is_open_ ? ENOTCONN : is_receive() ? 0 : known_error_;
    if (refusal != 0) {
        operation.end_as(core::ending::failed, refusal);
        return admission::refused;
    }
    const bool can_be_tried = may_try(operation) && pending_.empty() && !has_hooks_;
    return after_trying(operation, can_be_tried ? work_on(operation) : progress::later);
}

lane::admission lane::after_trying(operation& operation, progress made) noexcept
{
    if (made != progress::ended) {
        if (pending_.empty()) {
            channel_.owner().note_wait(way());
        }
        return add_to_line(operation);
    }
    // Nothing is under way yet, so a send can still be refused. A receive ends with what it found.
    if (operation.failure() != 0 && !is_receive() && operation.moved() == 0) {
        return admission::refused;
    }
    channel_.undelivered().add();
    return admission::over;
}

void lane::on_event(std::uint32_t generation, std::uint32_t events, worker& poller) noexcept
{
    // Most events of a socket tell of room, and of nothing new. If it is an event of another life, so be it.
    if ((events & something_is_behind) == 0 && ignores_room_.load(std::memory_order_relaxed)) {
        return;
    }
    if (may_keep_order()) {
        on_change(generation, events, poller);
    } else {
        on_change_side_by_side(generation, events);
    }
}

// In order there are no hooks and no watches, and it matters only to the operations in line.
void lane::on_change(std::uint32_t generation, std::uint32_t events, worker& poller) noexcept
{
    if ((events & (is_receive() ? changes_of_receives : changes_of_sends)) == 0) {
        return;
    }
    bool has_to_wake = false;
    {
        const core::lock::scope scope(lock_);
        if (!is_open_ || generation != channel_.generation()) {
            return;
        }
        ignores_room_.store(false, std::memory_order_relaxed);
        ready_ = true;
        if ((events & something_is_behind) != 0) {
            stays_ready_ = true;
        }
        if (operation* const ended = next_ended()) {
            has_to_wake = channel_.put_in_line(*ended, poller);
            if (!pending_.empty()) {
                has_to_wake = go_on_behind(poller) || has_to_wake;
            }
        }
        ignores_room_.store(ready_ && pending_.empty(), std::memory_order_relaxed);
    }
    if (has_to_wake) {
        channel_.wake_loop();
    }
}

// One operation for a change is usual.
bool lane::go_on_behind(worker& poller) noexcept
{
    bool has_to_wake = false;
    while (operation* const ended = next_ended()) {
        has_to_wake = channel_.put_in_line(*ended, poller) || has_to_wake;
    }
    return has_to_wake;
}

void lane::on_change_side_by_side(std::uint32_t generation, std::uint32_t events) noexcept
{
    const std::uint32_t mine_of_them = events & (is_receive() ? changes_of_receives : changes_of_sends);
    const bool is_mine = mine_of_them != 0;
    exclusive mine(*this);
    // A hook's receive may have to write first, and the other way round: it is asked after any change
    // (LINUX_10_003).
    if (!is_open_ || generation != channel_.generation() || (!is_mine && !has_hooks_)) {
        return;
    }
    ready_ = true;
    stays_ready_ = stays_ready_ || (events & something_is_behind) != 0;
    go_on(mine.ended());
    if (!watches_.empty()) {
        tell_watches(mine.ended(), mine_of_them);
    }
}

void lane::go_on(schedule::job_list& ended) noexcept
{
    if (has_hooks_) {
        if (ready_ && !pending_.empty() && !asking_) {
            asking_ = true;
            channel_.undelivered().add();
            ended.push_back(*pending_.pop_front());
        }
        return;
    }
    while (operation* const next = next_ended()) {
        ended.push_back(*next);
    }
}

// Without hooks.
operation* lane::next_ended() noexcept
{
    if (pending_.empty()) {
        return nullptr;
    }
    operation& first = operation_of(*pending_.front());
    if (!may_try(first) || work_on(first) != progress::ended) {
        return nullptr;
    }
    (void)pending_.pop_front();
    return &first;
}

// Nearly always there is one piece, and one call moves all that there is to move.
lane::progress lane::work_on(operation& operation) noexcept
{
    return is_usual(operation) ? work_on_usual(operation) : work_by_calls(operation);
}

lane::progress lane::work_on_usual(operation& operation) noexcept
{
    const as_buffer piece = operation.left.front();
    const long result = is_receive() ? channel_.endpoint().receive_piece(piece) : channel_.endpoint().send_piece(piece);
    if (result <= 0) {
        return absorb_failure(operation, piece.size, result);
    }
    const auto moved = static_cast<std::uint64_t>(result);
    const bool is_short = endpoint::is_short(piece.size, moved);
    ready_ = !is_short || stays_ready_;
    channel_.owner().traffic().count_bytes(way(), moved);
    const progress done = absorb_bytes(operation, moved, is_short);
    return done == progress::more && ready_ ? work_by_calls(operation) : done;
}

// Of the usual call. One that a signal has interrupted is made again.
lane::progress lane::absorb_failure(operation& operation, std::uint64_t size, long result) noexcept
{
    if (result == -EINTR) {
        return work_by_calls(operation);
    }
    ready_ = false;
    const answer made{size, 0, static_cast<int>(-result)};
    const progress done = absorb(operation, {size, 0, channel_.endpoint().code_of(operation, made)});
    return done == progress::more && ready_ ? work_by_calls(operation) : done;
}

lane::progress lane::work_by_calls(operation& operation) noexcept
{
    progress made = progress::more;
    do {
        const int known_error = take_known_error();
        ready_ = false;
        made = absorb(operation, known_error != 0 ? answer{0, 0, known_error} : channel_.endpoint().move(operation));
    } while (made == progress::more && ready_);
    return made;
}

int lane::take_known_error() noexcept
{
    const int code = known_error_;
    if (is_receive()) {
        known_error_ = 0;
    }
    return code;
}

lane::progress lane::absorb(operation& operation, const answer& made) noexcept
{
    if (is_later(made.code)) {
        if (!operation.is_done_with_some() || operation.moved() == 0) {
            return ready_ ? progress::more : progress::later;
        }
        operation.end_as(core::ending::done, 0);
        return progress::ended;
    }
    if (operation.kind == core::operation_kind::accept && is_shortage(made.code)) {
        channel_.owner().listens_at()->pause().note_shortage(static_cast<std::uint32_t>(made.code));
        return progress::later;
    }
    ready_ = true;
    if (made.code != 0) {
        fail(operation, made.code);
        return progress::ended;
    }
    const bool is_short = made.moved < made.wanted;
    if (is_short && channel_.endpoint().short_means_over() && !stays_ready_) {
        ready_ = false;
    }
    channel_.owner().count_bytes(way(), made.moved);
    return absorb_bytes(operation, made.moved, is_short);
}

lane::progress lane::absorb_bytes(operation& operation, std::uint64_t moved, bool is_short) noexcept
{
    operation.advance(moved);
    if (operation.is_whole() || (moved != 0 && is_short && operation.is_done_with_some())) {
        operation.end_as(core::ending::done, 0);
        return progress::ended;
    }
    return absorb_part(operation, moved, is_short);
}

lane::progress lane::absorb_part(operation& operation, std::uint64_t moved, bool is_short) noexcept
{
    using core::operation_kind;
    // A receive ends with the first bytes that are there; no bytes are the end of the stream.
    // LINUX_12_001, LINUX_13_001
    const bool goes_on = operation.kind == operation_kind::send ||
                         (operation.kind == operation_kind::receive_exactly && moved != 0) ||
                         (operation.kind == operation_kind::receive && !is_short);
    if (goes_on) {
        operation.go_on_behind(moved);
        return progress::more;
    }
    const bool is_done = operation.is_done_with_some() && operation.moved() != 0;
    operation.end_as(is_done ? core::ending::done : core::ending::end_of_stream, 0);
    return progress::ended;
}

void lane::fail(operation& operation, int code) noexcept
{
    const bool in_the_middle = operation.moved() != 0;
    if (in_the_middle && operation.is_done_with_some()) {
        known_error_ = static_cast<std::uint8_t>(code); // the bytes first (LINUX_13_002)
        operation.end_as(core::ending::done, 0);
        return;
    }
    if (in_the_middle && !is_receive()) { // the peer would take further bytes for those that are missing (LINUX_12_004)
        known_error_ = static_cast<std::uint8_t>(keeps_order() ? code : ECONNABORTED);
    }
    operation.end_as(ending_of(code), code);
}

operation* lane::next_to_ask(schedule::job_list& ended) noexcept
{
    operation* next = nullptr;
    if (!is_open_) {
        end_all(ended);
    }
    while (next == nullptr && ready_ && !pending_.empty()) {
        operation& first = operation_of(*pending_.pop_front());
        const int known_error = take_known_error();
        if (known_error == 0) {
            next = &first;
        } else {
            fail(first, known_error);
            ended.push_back(first);
        }
    }
    asking_ = next != nullptr;
    ready_ = ready_ && !asking_;
    return next;
}

void lane::ask_hooks(operation& first) noexcept
{
    asking now{*this, &first};
    const running_hook running(channel_, give_up_hook, &now);
    answer made{0, 0, EAGAIN}; // nobody has been asked yet
    for (;;) {
        {
            exclusive mine(*this);
            if (absorb(*now.asked, made) == progress::ended) {
                mine.ended().push_back(*now.asked);
            } else {
                pending_.push_front(*now.asked);
            }
            now.asked = next_to_ask(mine.ended());
        }
        if (now.asked == nullptr) {
            return;
        }
        made = channel_.endpoint().move(*now.asked);
        if (running.is_detached()) {
            return; // the hook has closed the socket, or waits in another close; nothing here is ours
        }
    }
}

// The thread that asks is about to be waited for by somebody, and will not come back to the operation.
// LINUX_10_006
void lane::give_up_hook(void* asking) noexcept
{
    const auto& now = *static_cast<lane::asking*>(asking);
    lane& owner = now.owner;
    exclusive mine(owner);
    owner.is_open_ = false;
    owner.asking_ = false;
    owner.pending_.push_front(*now.asked);
    owner.end_all(mine.ended());
}

void lane::cancel(operation& cancelled, core::ending why) noexcept
{
    exclusive mine(*this);
    if (cancelled.is_over() ||
        pending_.pop_first([&cancelled](schedule::job& each) { return &each == &cancelled; }) == nullptr) {
        return;
    }
    stop(cancelled, why);
    mine.ended().push_back(cancelled);
    go_on(mine.ended());
}

void lane::stop(operation& operation, core::ending why) noexcept
{
    if (!is_receive() && operation.moved() != 0) {
        fail(operation, code_of_stop(why));
        ready_ = true; // the others end untried
    } else {
        end_early(operation, why);
    }
}

// In the order in which a receive that finds an end waits for the other direction (endpoint::loss_at_end).
void lane::end_idle(lane& sends, lane& receives, core::idle_time& asked) noexcept
{
    exclusive of_receives(receives);
    exclusive of_sends(sends);
    if (asked.is_over(!sends.pending_.empty(), !receives.pending_.empty())) {
        sends.end_all_idle(of_sends.ended());
        receives.end_all_idle(of_receives.ended());
    }
}

void lane::end_all_idle(schedule::job_list& ended) noexcept
{
    while (schedule::job* const each = pending_.pop_front()) {
        core::operation_alarm::set_over(operation_of(*each));
        stop(operation_of(*each), core::ending::timed_out);
        ended.push_back(*each);
    }
}

// Most have been covered by one that has ended, and may wait for longer.
void lane::arm_each() noexcept
{
    bool has_to_wake = false;
    {
        const core::lock::scope scope(lock_);
        channel_.receive_alarm().forget();
        schedule::job_list all;
        all.take_all(pending_);
        while (schedule::job* const each = all.pop_front()) {
            operation& waiting = operation_of(*each);
            if (waiting.is_timed && !core::operation_alarm::of(waiting).was_armed()) {
                has_to_wake = channel_.arm(core::operation_alarm::of(waiting)) || has_to_wake;
            }
            pending_.push_back(waiting);
        }
    }
    if (has_to_wake) {
        channel_.wake_loop();
    }
}

void lane::resume() noexcept
{
    exclusive mine(*this);
    channel_.owner().listens_at()->pause().note_over();
    if (is_open_) {
        ready_ = true;
        go_on(mine.ended());
    }
}

void lane::shut() noexcept
{
    exclusive mine(*this);
    is_open_ = false;
    if (!asking_) {
        end_all(mine.ended());
    }
}

void lane::tell_watches(schedule::job_list& ended, std::uint32_t events) noexcept
{
    if ((events & EPOLLERR) != 0 && channel_.endpoint().has_failed()) {
        end_watches(ended, core::ending::failed, EIO);
    } else if ((events & ~std::uint32_t{EPOLLERR}) != 0) {
        end_watches(ended, core::ending::done, 0);
    }
}

void lane::end_watches(schedule::job_list& ended, core::ending how, int code) noexcept
{
    while (schedule::job* const each = watches_.pop_front()) {
        operation_of(*each).end_as(how, code);
        ended.push_back(*each);
    }
}

void lane::end_all(schedule::job_list& ended) noexcept
{
    while (schedule::job* const each = pending_.pop_front()) {
        end_early(operation_of(*each), core::ending::closed_here);
        ended.push_back(*each);
    }
    end_watches(ended, core::ending::closed_here, ECANCELED);
}

void lane::end_early(operation& operation, core::ending how) noexcept
{
    const bool is_done = operation.is_done_with_some() && operation.moved() != 0;
    operation.end_as(is_done ? core::ending::done : how, is_done ? 0 : code_of_stop(how));
}

} // namespace async_socket::linux_os
