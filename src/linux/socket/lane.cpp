#include "linux/socket/lane.hpp"

#include <sys/epoll.h>

#include <cerrno>

#include "core/doors.hpp"
#include "core/idle_time.hpp"
#include "core/last_error.hpp"
#include "core/log.hpp"
#include "core/socket.hpp"
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
    if (own.keeps_order() && own.channel_.put_in_line(after_.ended)) {
        wake();
    }
}

lane::exclusive::delivery::~delivery()
{
    if (has_to_wake) {
        owner.channel_.wake_loop();
    }
    owner.channel_.post(ended);
}

bool lane::would_ignore_room() const noexcept
{
    return is_open_ && ready_ && pending_.empty() && watches_.empty() && !channel_.endpoint().has_hooks();
}

void lane::open() noexcept
{
    const exclusive first(*this);
    begin_again(channel_.owner().mode() == core::completion_mode::in_order);
    is_open_ = true;
    // A socket takes bytes until it says that it is full. Whether it has any comes with the first event;
    // a hook may have some that the socket does not know of.
    ready_ = !is_receive() || channel_.endpoint().has_hooks();
    stays_ready_ = false;
    known_error_ = 0;
}

core::refusal lane::start(operation& operation) noexcept
{
    const core::operation_kind kind = operation.kind;
    int refusal = 0;
    {
        exclusive mine(*this);
        refusal = admit(operation, mine);
    }
    return result_of(kind, refusal);
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
    return result_of(core::transfer_in(way()), refusal);
}

// The operation is not touched any more: if it was accepted, it may have reached its callback.
core::refusal lane::result_of(core::operation_kind kind, int refusal) noexcept
{
    if (refusal == 0) {
        return core::refusal{};
    }
    backend::set_last_error(static_cast<std::uint32_t>(refusal));
    log_refusal(kind, refusal);
    return refusal_of(refusal);
}

int lane::admit(operation& operation, exclusive& mine) noexcept
{
    if (!is_open_) {
        return ENOTCONN;
    }
    if (!is_receive() && known_error_ != 0) {
        return known_error_;
    }
    const bool can_be_tried = pending_.empty() && may_try(operation) && !channel_.endpoint().has_hooks();
    if (can_be_tried && work_on(operation) == progress::ended) {
        // Nothing is under way yet, so a send can still be refused. A receive ends with what it found.
        if (!is_receive() && operation.failure() != 0 && operation.moved() == 0) {
            return operation.failure();
        }
        channel_.undelivered().add();
        mine.ended().push_back(operation);
        return 0;
    }
    channel_.undelivered().add();
    if (pending_.empty()) {
        channel_.owner().note_wait(way());
    }
    pending_.push_back(operation);
    if (operation.is_timed && channel_.arm(operation)) {
        mine.wake();
    }
    if (channel_.endpoint().has_hooks()) {
        go_on(mine.ended());
    }
    return 0;
}

void lane::on_event(std::uint32_t generation, std::uint32_t events) noexcept
{
    // Most events of a socket tell of room, and of nothing new. If it is an event of another life, so be it.
    if ((events & something_is_behind) == 0 && ignores_room_.load(std::memory_order_relaxed)) {
        return;
    }
    const std::uint32_t mine_of_them = events & (is_receive() ? changes_of_receives : changes_of_sends);
    const bool is_mine = mine_of_them != 0;
    exclusive mine(*this);
    // A hook's receive may have to write first, and the other way round: it is asked after any change
    // (LINUX_10_003).
    if (!is_open_ || generation != channel_.generation() || (!is_mine && !channel_.endpoint().has_hooks())) {
        return;
    }
    ready_ = true;
    stays_ready_ = stays_ready_ || (events & something_is_behind) != 0;
    go_on(mine.ended());
    tell_watches(mine.ended(), mine_of_them);
}

void lane::go_on(schedule::job_list& ended) noexcept
{
    if (channel_.endpoint().has_hooks()) {
        if (ready_ && !pending_.empty() && !asking_) {
            asking_ = true;
            channel_.undelivered().add();
            ended.push_back(*pending_.pop_front());
        }
        return;
    }
    while (!pending_.empty() && may_try(operation_of(*pending_.front())) &&
           work_on(operation_of(*pending_.front())) == progress::ended) {
        ended.push_back(*pending_.pop_front());
    }
}

lane::progress lane::work_on(operation& operation) noexcept
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
    known_error_ = is_receive() ? 0 : code;
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
    operation.advance(made.moved);
    channel_.owner().count_bytes(way(), made.moved);
    const bool is_short = made.moved < made.wanted;
    if (is_short && channel_.endpoint().short_means_over() && !stays_ready_) {
        ready_ = false;
    }
    if (operation.is_whole()) {
        operation.end_as(core::ending::done, 0);
        return progress::ended;
    }
    return absorb_part(operation, made);
}

lane::progress lane::absorb_part(operation& operation, const answer& made) noexcept
{
    using core::operation_kind;
    const bool is_short = made.moved < made.wanted;
    switch (operation.kind) {
    case operation_kind::send:
        return progress::more;
    case operation_kind::receive_exactly:
        if (made.moved != 0) {
            return progress::more;
        }
        operation.end_as(core::ending::end_of_stream, 0);
        return progress::ended;
    default:
        // A receive ends with the first bytes that are there; no bytes are the end of the stream.
        // LINUX_12_001, LINUX_13_001
        if (is_receive() && !is_short) {
            return progress::more;
        }
        operation.end_as(operation.moved() != 0 ? core::ending::done : core::ending::end_of_stream, 0);
        return progress::ended;
    }
}

void lane::fail(operation& operation, int code) noexcept
{
    const bool in_the_middle = operation.moved() != 0;
    if (in_the_middle && operation.is_done_with_some()) {
        known_error_ = code; // the bytes first (LINUX_13_002)
        operation.end_as(core::ending::done, 0);
        return;
    }
    if (in_the_middle && !is_receive()) { // the peer would take further bytes for those that are missing (LINUX_12_004)
        known_error_ = keeps_order() ? code : ECONNABORTED;
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
    running_callback running(channel_);
    asking now{*this, &first};
    running.on_detach(give_up_hook, &now);
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
        operation_of(*each).is_idle = true;
        stop(operation_of(*each), core::ending::timed_out);
        ended.push_back(*each);
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
    if (watches_.empty()) {
        return;
    }
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
