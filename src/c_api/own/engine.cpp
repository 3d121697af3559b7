#include "async_socket/engine.h"

#include <algorithm>

#include "c_api/own/handles.hpp"
#include "core/life/callback_frame.hpp"
#include "core/platform/backend.hpp"
#include "core/platform/thread_slot.hpp"

using namespace async_socket;

namespace {

constexpr as_engine_options defaults = AS_ENGINE_OPTIONS;

bool make_sense(const as_engine_options& options) noexcept
{
    return options.size == sizeof(as_engine_options) && options.reserved == 0;
}

// Not more than callbacks, unless that was asked for.
std::uint32_t threads_of(const as_engine_options& options) noexcept
{
    const std::uint32_t usual = backend::default_minimum();
    if (options.threads != 0) {
        return options.threads;
    }
    return options.callbacks != 0 ? std::min(usual, options.callbacks) : usual;
}

} // namespace

extern "C" as_outcome as_engine_create(const as_engine_options* options, as_engine** engine)
{
    const as_engine_options asked = options != nullptr ? *options : defaults;
    if (engine == nullptr || !make_sense(asked)) {
        return core::told(core::ending::invalid);
    }
    const EXECUTION_ENGINE_PARAMETERS parameters{threads_of(asked), asked.callbacks};
    core::refusal why;
    core::execution_engine* const created = core::execution_engine::create(&parameters, why);
    if (created == nullptr) {
        return core::told(why);
    }
    *engine = c_api::to_public(created);
    return core::told(core::ending::done);
}

extern "C" void as_engine_end(as_engine* engine)
{
    if (engine != nullptr) {
        c_api::to_engine(engine)->release();
    }
}

extern "C" as_outcome as_engine_end_and_wait(as_engine* engine)
{
    const bool only_as_last = true;
    const bool has_ended =
        engine != nullptr && c_api::to_engine(engine)->release_and_wait(only_as_last) == core::engine_end::waited;
    return core::told(has_ended ? core::ending::done : core::ending::invalid);
}

extern "C" const char* as_engine_backend(const as_engine* engine)
{
    return engine != nullptr ? backend::pool_name() : "";
}

extern "C" bool as_is_in_callback(void)
{
    return backend::thread_slot_prepare() && core::callback_frame::innermost() != nullptr;
}
