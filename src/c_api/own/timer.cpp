#include "async_socket/timer.h"

#include "c_api/own/handles.hpp"
#include "c_api/own/start.hpp"
#include "core/engine/timer.hpp"

using namespace async_socket;

extern "C" as_outcome as_timer_start(as_engine* engine, as_operation* operation, as_deadline deadline)
{
    if (engine == nullptr || operation == nullptr || operation->on_end == nullptr) {
        return c_api::refused(operation, {core::ending::invalid});
    }
    return c_api::started(operation, core::timer::start(operation, *c_api::to_engine(engine), deadline));
}
