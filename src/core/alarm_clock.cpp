#include "core/alarm_clock.hpp"

#include "core/clock.hpp"
#include "core/engine_operation.hpp"

namespace async_socket::core {

namespace {

// Null: it is over, and about to disarm its alarm, for which it needs the clock's lock.
operation* hold(operation& due) noexcept
{
    return due.holds.take() ? &due : nullptr;
}

} // namespace

bool alarm_clock::arm(operation& timed) noexcept
{
    operation_alarm& alarm = operation_alarm::of(timed);
    alarm.clock = this;
    const lock::scope scope(lock_);
    if (next() == AS_NEVER) { // nobody has looked at the time for long, perhaps; the wheel would be waited for in vain
        (void)wheel_.advance(backend::now_ns());
    }
    wheel_.arm(alarm, alarm.deadline());
    const std::uint64_t first = wheel_.next();
    const bool is_earlier = first < next();
    if (is_earlier) { // else whoever sleeps does not for too long, whether that alarm is still armed or not
        next_.store(first, std::memory_order_relaxed);
    }
    return is_earlier;
}

std::uint64_t alarm_clock::look() noexcept
{
    const lock::scope scope(lock_);
    return note_next();
}

std::uint64_t alarm_clock::note_next() noexcept
{
    const std::uint64_t first = wheel_.next();
    next_.store(first, std::memory_order_relaxed);
    return first;
}

bool alarm_clock::disarm(operation& timed) noexcept
{
    if (!timed.is_timed) {
        return false;
    }
    operation_alarm& alarm = operation_alarm::of(timed);
    return alarm.clock != nullptr && alarm.clock->remove(alarm);
}

bool alarm_clock::remove(operation_alarm& alarm) noexcept
{
    const lock::scope scope(lock_);
    const bool was_armed = alarm.is_armed();
    wheel_.disarm(alarm);
    return was_armed;
}

void alarm_clock::ring(std::uint32_t most) noexcept
{
    if (next() == AS_NEVER) {
        return;
    }
    const std::uint64_t now = backend::now_ns();
    for (std::uint32_t i = 0; i != most; ++i) {
        operation* const due = take_due(now);
        if (due == nullptr) {
            break;
        }
        stop_operation(*due, ending::timed_out);
        due->holds.drop();
    }
}

operation* alarm_clock::take_due(std::uint64_t now_ns) noexcept
{
    if (now_ns < next()) {
        return nullptr;
    }
    const lock::scope scope(lock_);
    (void)wheel_.advance(now_ns);
    operation* held = nullptr;
    alarm* due = wheel_.take_due();
    while (due != nullptr) {
        held = hold(static_cast<operation_alarm*>(due)->whose());
        due = held == nullptr ? wheel_.take_due() : nullptr;
    }
    (void)note_next();
    return held;
}

} // namespace async_socket::core
