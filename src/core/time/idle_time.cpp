#include "core/time/idle_time.hpp"

#include <algorithm>

#include "core/platform/backend.hpp"
#include "core/time/alarm_clock.hpp"

namespace async_socket::core {

const clock_alarm::subject idle_time::its_stream{hold, ring};

void idle_time::set(std::uint64_t length_ns) noexcept
{
    const lock::scope scope(lock_);
    length_ns_ = length_ns;
    set_at_ns_ = backend::now_ns();
    set_time(end_from(set_at_ns_));
    arm();
}

void idle_time::close() noexcept
{
    {
        const lock::scope scope(lock_);
        is_closed_ = true;
        (void)alarm_clock::disarm(*this);
    }
    holds_.end();
}

bool idle_time::hold(clock_alarm& due) noexcept
{
    return static_cast<idle_time&>(due).holds_.take();
}

void idle_time::ring(clock_alarm& due) noexcept
{
    auto& own = static_cast<idle_time&>(due);
    backend::channel_end_idle(own.channel_, own);
    {
        const lock::scope scope(own.lock_);
        own.arm();
    }
    own.holds_.drop();
}

bool idle_time::is_over(bool sends_are_pending, bool receives_are_pending) noexcept
{
    const std::uint64_t since = idle_since(sends_are_pending, receives_are_pending);
    const lock::scope scope(lock_);
    const std::uint64_t now = backend::now_ns();
    const std::uint64_t end = since != AS_NEVER ? end_from(std::max(since, set_at_ns_)) : AS_NEVER;
    const bool is_over = end <= now;
    set_time(is_over || since == AS_NEVER ? end_from(now) : end);
    return is_over;
}

std::uint64_t idle_time::idle_since(bool sends_are_pending, bool receives_are_pending) const noexcept
{
    const notes& sends = noted_[index_of(direction::send)];
    const notes& receives = noted_[index_of(direction::receive)];
    const std::uint64_t waits_since = std::min(sends_are_pending ? sends.waits_since_ns : AS_NEVER,
                                               receives_are_pending ? receives.waits_since_ns : AS_NEVER);
    return std::max({waits_since, sends.moved_ns, receives.moved_ns});
}

// Unless there is none, or none any more.
void idle_time::arm() noexcept
{
    if (is_closed_ || time_ns() == AS_NEVER) {
        (void)alarm_clock::disarm(*this);
    } else {
        backend::channel_arm(channel_, *this);
    }
}

std::uint64_t idle_time::end_from(std::uint64_t begin_ns) const noexcept
{
    return length_ns_ != 0 && length_ns_ < AS_NEVER - begin_ns ? begin_ns + length_ns_ : AS_NEVER;
}

} // namespace async_socket::core
