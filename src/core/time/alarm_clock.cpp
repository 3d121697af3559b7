#include "core/time/alarm_clock.hpp"

#include "core/engine/engine_operation.hpp"
#include "core/platform/clock.hpp"

namespace async_socket::core {

namespace {

operation& operation_of(clock_alarm& due) noexcept
{
    return static_cast<operation_alarm&>(due).whose();
}

bool hold_operation(clock_alarm& due) noexcept
{
    return operation_of(due).holds.take();
}

void end_operation(clock_alarm& due) noexcept
{
    operation& held = operation_of(due);
    stop_operation(held, ending::timed_out);
    held.holds.drop();
}

} // namespace

const clock_alarm::subject operation_alarm::its_operation{hold_operation, end_operation};

ASYNC_SOCKET_IN_ONE_PIECE bool alarm_clock::arm(clock_alarm& armed) noexcept
{
    armed.clock_ = this;
    const lock::scope scope(lock_);
    if (next() == AS_NEVER) { // nobody has looked at the time for long, perhaps; the wheel would be waited for in vain
        (void)wheel_.advance(backend::now_ns());
    }
    wheel_.arm(armed, armed.time_ns());
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

ASYNC_SOCKET_IN_ONE_PIECE bool alarm_clock::disarm(clock_alarm& disarmed) noexcept
{
    return disarmed.clock_ != nullptr && disarmed.clock_->remove(disarmed);
}

bool alarm_clock::remove(clock_alarm& alarm) noexcept
{
    const lock::scope scope(lock_);
    const bool was_armed = alarm.is_armed();
    wheel_.disarm(alarm);
    return was_armed;
}

void alarm_clock::ring_at(std::uint64_t now_ns, std::uint32_t most) noexcept
{
    for (std::uint32_t i = 0; i != most; ++i) {
        clock_alarm* const due = take_due(now_ns);
        if (due == nullptr) {
            break;
        }
        due->about_.ring(*due);
    }
}

clock_alarm* alarm_clock::take_due(std::uint64_t now_ns) noexcept
{
    if (now_ns < next()) {
        return nullptr;
    }
    const lock::scope scope(lock_);
    (void)wheel_.advance(now_ns);
    auto* due = static_cast<clock_alarm*>(wheel_.take_due());
    while (due != nullptr && !due->about_.hold(*due)) {
        due = static_cast<clock_alarm*>(wheel_.take_due());
    }
    (void)note_next();
    return due;
}

} // namespace async_socket::core
