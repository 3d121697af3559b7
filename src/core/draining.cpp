#include "core/draining.hpp"

#include <algorithm>
#include <new>
#include <type_traits>

#include "async_socket/buffer.h"
#include "core/backend.hpp"
#include "core/clock.hpp"
#include "core/memory.hpp"
#include "core/operation_alarm.hpp"
#include "core/socket.hpp"
#include "core/system_socket.hpp"
#include "core/timer.hpp"

namespace async_socket::core {

static_assert(fits_before_alarm<draining>);
static_assert(std::is_trivially_destructible_v<draining>, "its memory is its caller's, who knows nothing of it");

// The caller could not give it: what comes needs a place, and few would have one of this size in each operation.
struct draining::room {
    as_operation part{};
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
    return made.begin(deadline, [&made] { return made.begin_first(); });
}

refusal draining::begin_first() noexcept
{
    room_ = create<room>();
    if (room_ == nullptr) {
        return {ending::no_room};
    }
    room_->part.on_end = part_ended;
    room_->part.context = this;
    refusal refused;
    {
        const lock::scope scope(lock_);
        refused = start_on_stream(operation_kind::shut_down_send, {}, 0);
        is_under_way_ = refused.is_none();
    }
    if (!refused.is_none()) {
        destroy(room_);
    }
    return refused;
}

void draining::part_ended(as_operation* part, as_outcome told) noexcept
{
    auto& own = *static_cast<draining*>(part->context);
    std::optional<outcome> over;
    {
        const lock::scope scope(own.lock_);
        own.is_under_way_ = false;
        over = own.go_on_behind(understood(told));
    }
    if (over) {
        own.conclude(*over);
    }
}

// The part that is under way is cancelled, and its end is that of all; unless it was the last one, and is done.
void draining::give_up(engine_operation& self, ending why) noexcept
{
    auto& stopped = static_cast<draining&>(self);
    const lock::scope scope(stopped.lock_);
    stopped.stopped_ = stopped.stopped_ == ending::done ? why : stopped.stopped_;
    operation& part = operation::of(&stopped.room_->part);
    if (stopped.is_under_way_ && part.holds.take()) {
        stop_operation(part, ending::cancelled);
        part.holds.drop();
    }
}

std::optional<outcome> draining::go_on_behind(const outcome& ended) noexcept
{
    thrown_away_ += ended.bytes;
    if (phase_ == phase::receiving && ended.how == ending::end_of_stream) {
        phase_ = phase::confirming;
    }
    if (phase_ == phase::confirming) {
        return confirm();
    }
    if (stopped_ != ending::done) {
        return with_bytes(stopped_, backend::code_of_stop(stopped_));
    }
    if (ended.how != ending::done) {
        return with_bytes(ended.how, ended.code);
    }
    phase_ = phase::receiving;
    return receive();
}

std::optional<outcome> draining::receive() noexcept
{
    room_->buffer = as_buffer_of(room_->bytes, sizeof room_->bytes);
    return started(start_on_stream(operation_kind::receive, {&room_->buffer, 1}, sizeof room_->bytes));
}

std::optional<outcome> draining::confirm() noexcept
{
    bool is_confirmed = false;
    const refusal lost = backend::is_confirmed(stream_.system_socket(), is_confirmed); // nobody else closes it
    if (is_confirmed) {
        return with_bytes(ending::done, 0);
    }
    if (!lost.is_none()) {
        return with_bytes(lost.how, lost.code);
    }
    return stopped_ != ending::done ? with_bytes(stopped_, backend::code_of_stop(stopped_)) : pause();
}

// The system tells nobody when the last byte was confirmed.
std::optional<outcome> draining::pause() noexcept
{
    constexpr std::uint32_t longest_ms = 64;
    constexpr std::uint64_t in_a_ms = 1'000'000;
    const std::uint64_t until_ns = backend::now_ns() + pause_ms_ * in_a_ms;
    pause_ms_ = std::min(2 * pause_ms_, longest_ms);
    return started(timer::start(&room_->part, engine(), until_ns));
}

// Before the first part was accepted somebody may be closing it.
refusal draining::start_on_stream(operation_kind what, const pieces& buffers, std::uint64_t bytes) noexcept
{
    const lifecycle::visit visit(stream_.life());
    if (!visit.is_inside()) {
        return {ending::closed_here};
    }
    const operation asked{part_ended, this, bytes, {.left = buffers}, what};
    return stream_.start(asked, &room_->part);
}

std::optional<outcome> draining::started(const refusal& refused) noexcept
{
    is_under_way_ = refused.is_none();
    return is_under_way_ ? std::nullopt : std::optional(with_bytes(refused.how, refused.code));
}

void draining::conclude(const outcome& how) noexcept
{
    stream_.close_and_free();
    destroy(room_);
    end(how);
}

} // namespace async_socket::core
