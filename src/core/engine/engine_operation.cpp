#include "core/engine/engine_operation.hpp"

#include "core/life/callback_frame.hpp"
#include "core/platform/backend.hpp"
#include "core/time/alarm_clock.hpp"

namespace async_socket::core {

engine_operation::engine_operation(const as_operation& asked, operation_kind what, execution_engine& engine,
                                   stop_function on_stop) noexcept
    : operation{asked.on_end, asked.context, 0, {}, what}, posted(call_back), engine_(engine), on_stop_(on_stop)
{
}

refusal engine_operation::prepare(std::uint64_t deadline) noexcept
{
    if (engine_.is_inherited()) {
        return {ending::not_available};
    }
    const bool has_room = backend::pool_prepare_posts(engine_.pool()) &&
                          (deadline == AS_NEVER || backend::pool_prepare_alarms(engine_.pool()));
    if (!has_room) {
        return {ending::no_room};
    }
    operation_alarm::set(*memory(), *this, deadline);
    engine_.add_reference();
    return {};
}

// It may have ended meanwhile, and even come due: the callback waits for the hold, and disarms it then.
void engine_operation::arm() noexcept
{
    if (is_timed) {
        backend::pool_arm(engine_.pool(), *this);
    }
}

// Held, so that neither it nor the pool goes while the pool is told.
void engine_operation::end(const outcome& how) noexcept
{
    outcome_ = how;
    (void)holds.take();
    backend::pool_post(engine_.pool(), *this);
    holds.drop();
}

void engine_operation::call_back(posted& self) noexcept
{
    auto& own = static_cast<engine_operation&>(self);
    own.holds.end();
    (void)alarm_clock::disarm(own);
    if (operation_alarm::has_ended(own, own.outcome_)) {
        own.engine_.tally().count(tally::event::deadline_has_ended);
    }
    const callback_frame frame(own.engine_);
    own.engine_.release();
    own.on_end(own.memory(), told(own.outcome_));
}

void stop_operation(operation& stopped, ending why) noexcept
{
    if (is_of_engine(stopped.kind)) {
        static_cast<engine_operation&>(stopped).stop(why);
    } else {
        backend::operation_cancel(stopped, why);
    }
}

} // namespace async_socket::core
