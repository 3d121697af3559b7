#include "core/connect/connecting.hpp"

#include <algorithm>
#include <new>
#include <type_traits>
#include <utility>

#include "core/connect/attempt.hpp"
#include "core/engine/timer.hpp"
#include "core/platform/backend.hpp"
#include "core/platform/clock.hpp"
#include "core/resolve/resolver.hpp"
#include "core/socket/socket.hpp"
#include "core/time/operation_alarm.hpp"

namespace async_socket::core {

static_assert(fits_before_alarm<connecting>);
static_assert(std::is_trivially_destructible_v<connecting>, "its memory is its caller's, who knows nothing of it");

namespace {

// RFC 8305, 8: "Connection Attempt Delay" is 250 ms.
std::uint64_t delay_ns(const as_connect_options& how) noexcept
{
    constexpr std::uint64_t in_a_ms = 1'000'000;
    return (how.delay_ms != 0 ? how.delay_ms : 250) * in_a_ms;
}

void cancel(as_operation& cancelled) noexcept
{
    operation& started = operation::of(&cancelled);
    if (started.holds.take()) {
        stop_operation(started, ending::cancelled);
        started.holds.drop();
    }
}

} // namespace

connecting::connecting(const as_operation& asked, execution_engine& on, const as_connect_options& how,
                       socket*& connected) noexcept
    : engine_operation(asked, operation_kind::connect_by_name, on, give_up),
      name_lookup(answered),
      how_(how),
      connected_(connected)
{
}

refusal connecting::start(as_operation* asked, execution_engine& on, const target& to, const as_connect_options& how,
                          socket*& connected, std::uint64_t deadline) noexcept
{
    const as_operation given = *asked;
    auto& made = *new (static_cast<void*>(asked)) connecting(given, on, how, connected);
    if (how.attempt_count != nullptr) {
        *how.attempt_count = 0;
    }
    return made.begin(deadline, [&made, &to] { return made.begin_with(to); });
}

refusal connecting::begin_with(const target& to) noexcept
{
    if (!backend::pool_prepare_alarms(engine().pool())) { // for the timer
        return {ending::no_room};
    }
    if (to.addresses.empty()) {
        return look_up(to.name);
    }
    begin_race(to.addresses);
    return {};
}

refusal connecting::look_up(const name_question& name) noexcept
{
    names_ = engine().names();
    if (names_ == nullptr) {
        return {ending::no_room};
    }
    std::optional<name_answer> known = names_->start(*this, name);
    if (known && is_refusal(known->outcome.how)) {
        return {known->outcome.how, known->outcome.code};
    }
    if (known) {
        take(*known);
    }
    return {};
}

void connecting::answered(name_lookup& self, name_answer answer) noexcept
{
    static_cast<connecting&>(self).take(answer);
}

void connecting::take(const name_answer& answer) noexcept
{
    if (answer.outcome.how == ending::done) {
        begin_race({answer.addresses.get()->begin(), answer.addresses.get()->end()});
    } else {
        end(answer.outcome);
    }
}

void connecting::begin_race(std::span<const as_address> addresses) noexcept
{
    field* const made = field::create(addresses, delay_ns(how_));
    if (made == nullptr) {
        end({ending::no_room, 0, 0});
        return;
    }
    {
        const lock::scope scope(lock_);
        field_ = made;
        is_driven_ = true;
        if (stopped_ != ending::done) {
            made->race().stop(stopped_);
        }
    }
    drive();
}

template <typename Event>
void connecting::tell(Event event) noexcept
{
    {
        const lock::scope scope(lock_);
        if (field_ == nullptr) {
            return; // concluded, or not begun
        }
        event(*field_);
        if (is_driven_) {
            return;
        }
        is_driven_ = true;
    }
    drive();
}

void connecting::attempt_ended(as_operation* attempt, as_outcome outcome) noexcept
{
    static_cast<connecting*>(attempt->context)->tell([attempt, &outcome](field& all) {
        all.race().ended(all.place_of(attempt), understood(outcome));
    });
}

void connecting::timer_ended(as_operation* timer, as_outcome /*outcome*/) noexcept
{
    static_cast<connecting*>(timer->context)->tell([](field& all) { all.race().waited(); });
}

// While the name is looked up the lookup is abandoned; if its answer has begun, the race is told, or will know.
void connecting::give_up(engine_operation& self, ending why) noexcept
{
    auto& stopped = static_cast<connecting&>(self);
    {
        const lock::scope scope(stopped.lock_);
        stopped.stopped_ = stopped.stopped_ == ending::done ? why : stopped.stopped_;
    }
    if (stopped.names_ != nullptr && stopped.names_->abandon(stopped)) {
        stopped.end(backend::stopped(why));
    } else {
        stopped.tell([why](field& all) { all.race().stop(why); });
    }
}

void connecting::drive() noexcept
{
    for (;;) {
        const race::step made = next_step();
        switch (made.what) {
        case race::doing::nothing:
            return;
        case race::doing::start:
            start_attempt(made.attempt);
            break;
        case race::doing::wait:
            wait_until(made.until_ns);
            break;
        case race::doing::cancel:
            cancel(field_->at(made.attempt).operation);
            break;
        case race::doing::close:
            field_->at(made.attempt).connected->close_and_free();
            break;
        case race::doing::stop_waiting:
            cancel(field_->timer());
            break;
        default: // conclude
            conclude();
            return;
        }
    }
}

race::step connecting::next_step() noexcept
{
    const lock::scope scope(lock_);
    const race::step made = field_->race().next(backend::now_ns());
    is_driven_ = made.what != race::doing::nothing;
    return made;
}

void connecting::start_attempt(std::uint32_t place) noexcept
{
    runner& started = field_->at(place);
    started.operation.on_end = attempt_ended;
    started.operation.context = this;
    const attempt_options with{{how_.options, how_.option_count}, how_.from};
    const refusal refused =
        begin_connect(engine(), started.address, with, started.operation, started.connected, AS_NEVER);
    if (!refused.is_none()) {
        const lock::scope scope(lock_);
        field_->race().ended(place, {refused.how, 0, refused.code});
    }
}

// There is a clock for it since the beginning.
void connecting::wait_until(std::uint64_t until_ns) noexcept
{
    field_->timer().on_end = timer_ended;
    field_->timer().context = this;
    (void)core::timer::start(&field_->timer(), engine(), until_ns);
}

void connecting::conclude() noexcept
{
    const outcome ended = field_->race().outcome();
    report();
    field* over = nullptr;
    {
        const lock::scope scope(lock_);
        over = std::exchange(field_, nullptr);
    }
    field::destroy(over);
    end({ended.how, 0, ended.code});
}

void connecting::report() const noexcept
{
    const race& over = field_->race();
    if (over.outcome().how == ending::done) {
        const runner& winner = field_->at(over.winner());
        connected_ = winner.connected;
        if (how_.reached != nullptr) {
            *how_.reached = winner.address;
        }
    }
    for (std::uint32_t i = 0; i < std::min(over.started(), how_.attempt_capacity); ++i) {
        const outcome& ended = field_->outcome_of(i);
        how_.attempts[i] = {field_->at(i).address, told(outcome{ended.how, 0, ended.code})};
    }
    if (how_.attempt_count != nullptr) {
        *how_.attempt_count = over.started();
    }
}

} // namespace async_socket::core
