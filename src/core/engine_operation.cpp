#include "core/engine_operation.hpp"

#include "core/backend.hpp"
#include "core/callback_frame.hpp"

namespace async_socket::core {

engine_operation::engine_operation(const as_operation& asked, operation_kind what, execution_engine& engine,
                                   stop_function on_stop) noexcept
    : operation{asked.on_end, asked.context, 0, {}, what}, posted(call_back), engine_(engine), on_stop_(on_stop)
{
}

refusal engine_operation::begin() noexcept
{
    refusal refused;
    if (engine_.is_inherited()) {
        refused = {ending::not_available};
    } else if (!backend::pool_prepare_posts(engine_.pool())) {
        refused = {ending::no_room};
    } else {
        engine_.add_reference();
        return {};
    }
    holds.end();
    return refused;
}

void engine_operation::refuse() noexcept
{
    holds.end(); // a cancel leaves it alone
    engine_.release();
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
