#include "core/socket/draining.hpp"

#include <algorithm>
#include <new>
#include <type_traits>
#include <utility>

#include "async_socket/buffer.h"
#include "core/common/memory.hpp"
#include "core/engine/timer.hpp"
#include "core/platform/backend.hpp"
#include "core/platform/clock.hpp"
#include "core/platform/system_socket.hpp"
#include "core/socket/socket.hpp"
#include "core/time/operation_alarm.hpp"

namespace async_socket::core {

static_assert(fits_before_alarm<draining>);
static_assert(std::is_trivially_destructible_v<draining>, "its memory is its caller's, who knows nothing of it");

struct draining::part {
    explicit part(draining& owner) noexcept : whose(owner)
    {
        memory.on_end = part_ended;
        memory.context = this;
    }

    as_operation memory{};
    draining& whose;
    bool is_under_way = false; // under the lock
};

// The caller could not give it: what comes needs a place, and few would have one of this size in each operation.
struct draining::room {
    explicit room(draining& owner) noexcept : outgoing(owner), incoming(owner) {}

    part outgoing;
    part incoming;
    as_buffer buffer{};
    unsigned char bytes[16 * 1024];
};

draining::draining(const as_operation& asked, socket& stream) noexcept
    : engine_operation(asked, operation_kind::drain, stream.engine(), give_up), stream_(stream)
{
}

refusal draining::start(as_operation* asked, socket& stream, std::uint64_t deadline) noexcept
{
    const as_operation given = *asked;
    auto& made = *new (static_cast<void*>(asked)) draining(given, stream);
    return made.begin(deadline, [&made] { return made.begin_both(); });
}

refusal draining::begin_both() noexcept
{
    room* const made = create<room>(*this);
    if (made == nullptr) {
        return {ending::no_room};
    }
    refusal refused;
    {
        const lock::scope scope(lock_);
        room_ = made;
        refused = start_on_stream(room_->outgoing, operation_kind::shut_down_send, {}, 0);
        if (!refused.is_none()) {
            room_ = nullptr;
        } else if (stopped_.is_none()) {
            (void)go_on(); // one part is under way, so it is not over
        } else {
            stop_as(stopped_);
        }
    }
    if (!refused.is_none()) {
        destroy(made);
    }
    return refused;
}

void draining::part_ended(as_operation* memory, as_outcome told) noexcept
{
    part& ended = *static_cast<part*>(memory->context);
    draining& own = ended.whose;
    std::optional<outcome> over;
    room* left = nullptr;
    {
        const lock::scope scope(own.lock_);
        own.note_end_of(ended, understood(told));
        over = own.go_on();
        left = over ? std::exchange(own.room_, nullptr) : nullptr; // who gives up from now on finds nothing to stop
    }
    if (over) {
        own.stream_.close_and_free();
        destroy(left);
        own.end(*over);
    }
}

void draining::give_up(engine_operation& self, ending why) noexcept
{
    auto& stopped = static_cast<draining&>(self);
    const lock::scope scope(stopped.lock_);
    stopped.stop_as({why, backend::code_of_stop(why)});
}

void draining::note_end_of(part& ended, const outcome& how) noexcept
{
    ended.is_under_way = false;
    thrown_away_ += how.bytes;
    if (how.how == ending::end_of_stream) {
        has_received_end_ = true;
    } else if (how.how != ending::done) {
        stop_as({how.how, how.code});
    } else if (&ended == &room_->outgoing) {
        has_sent_end_ = true;
    }
}

void draining::stop_as(const refusal& why) noexcept
{
    stopped_ = stopped_.is_none() ? why : stopped_;
    if (room_ == nullptr) {
        return; // nothing has begun, or all is over
    }
    for (part* const each : {&room_->outgoing, &room_->incoming}) {
        operation& waiting = operation::of(&each->memory);
        if (each->is_under_way && waiting.holds.take()) {
            stop_operation(waiting, ending::cancelled);
            waiting.holds.drop();
        }
    }
}

// What was stopped and has come to both ends all the same may well be done.
std::optional<outcome> draining::go_on() noexcept
{
    if (has_sent_end_ && has_received_end_) {
        return confirm();
    }
    if (stopped_.is_none() && !has_received_end_ && !room_->incoming.is_under_way) {
        const refusal refused = receive();
        if (!refused.is_none()) {
            stop_as(refused);
        }
    }
    const bool is_under_way = room_->outgoing.is_under_way || room_->incoming.is_under_way;
    return is_under_way ? std::nullopt : std::optional(over_as(stopped_));
}

refusal draining::receive() noexcept
{
    room_->buffer = as_buffer_of(room_->bytes, sizeof room_->bytes);
    return start_on_stream(room_->incoming, operation_kind::receive, {&room_->buffer, 1}, sizeof room_->bytes);
}

std::optional<outcome> draining::confirm() noexcept
{
    std::uint64_t bytes = 0;
    const refusal lost = backend::unconfirmed(stream_.system_socket(), bytes); // nobody else closes it
    if (!lost.is_none() || bytes == 0) {
        return over_as(lost);
    }
    if (stopped_.is_none() && is_idle(bytes)) {
        stopped_ = {ending::timed_out, backend::code_of_stop(ending::timed_out)};
        engine().tally().count(tally::event::deadline_has_ended);
    }
    return stopped_.is_none() ? pause() : over_as(stopped_);
}

// Nothing is pending on the stream by now, so its idle time does not see it.
bool draining::is_idle(std::uint64_t unconfirmed) noexcept
{
    const std::uint64_t now = backend::now_ns();
    if (unconfirmed != unconfirmed_) {
        unconfirmed_ = unconfirmed;
        moved_ns_ = now;
    }
    const std::uint64_t length_ns = stream_.idle_length_ns();
    return length_ns != 0 && now - moved_ns_ >= length_ns;
}

// The system tells nobody when the last byte was confirmed.
std::optional<outcome> draining::pause() noexcept
{
    constexpr std::uint32_t longest_ms = 64;
    constexpr std::uint64_t in_a_ms = 1'000'000;
    const std::uint64_t until_ns = backend::now_ns() + pause_ms_ * in_a_ms;
    pause_ms_ = std::min(2 * pause_ms_, longest_ms);
    const refusal refused = timer::start(&room_->outgoing.memory, engine(), until_ns);
    room_->outgoing.is_under_way = refused.is_none();
    return refused.is_none() ? std::nullopt : std::optional(over_as(refused));
}

// Before the first part was accepted somebody may be closing it.
refusal draining::start_on_stream(part& next, operation_kind what, const pieces& buffers, std::uint64_t bytes) noexcept
{
    const lifecycle::visit visit(stream_.life());
    if (!visit.is_inside()) {
        return {ending::closed_here};
    }
    const operation asked{part_ended, &next, bytes, {.left = buffers}, what};
    const refusal refused = stream_.start(asked, &next.memory);
    next.is_under_way = refused.is_none();
    return refused;
}

} // namespace async_socket::core
