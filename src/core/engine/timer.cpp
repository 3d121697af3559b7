#include "core/engine/timer.hpp"

#include <algorithm>
#include <new>
#include <type_traits>

#include "core/platform/backend.hpp"
#include "core/time/alarm_clock.hpp"

namespace async_socket::core {

static_assert(fits_before_alarm<timer>);
static_assert(std::is_trivially_destructible_v<timer>, "its memory is its caller's, who knows nothing of it");

timer::timer(const as_operation& asked, execution_engine& on) noexcept
    : engine_operation(asked, operation_kind::timer, on, stop_timer)
{
}

refusal timer::start(as_operation* asked, execution_engine& on, std::uint64_t deadline) noexcept
{
    const as_operation given = *asked;
    auto& made = *new (static_cast<void*>(asked)) timer(given, on);
    return made.begin(std::min<std::uint64_t>(deadline, AS_NEVER - 1), [] { return refusal{}; });
}

// Its time has come, or somebody was faster than that.
void timer::stop_timer(engine_operation& self, ending why) noexcept
{
    if (why == ending::timed_out) {
        self.end({ending::done, 0, 0});
    } else if (alarm_clock::disarm(self)) {
        self.end(backend::stopped(why));
    }
}

} // namespace async_socket::core
