// c_pal/execution_engine.h
#include "core/engine/execution_engine.hpp"

#include "c_api/c_pal/handles.hpp"

using namespace async_socket;

extern "C" EXECUTION_ENGINE_HANDLE
execution_engine_create(const EXECUTION_ENGINE_PARAMETERS* execution_engine_parameters)
{
    core::refusal why;
    return c_api::to_handle(core::execution_engine::create(execution_engine_parameters, why));
}

extern "C" void execution_engine_inc_ref(EXECUTION_ENGINE_HANDLE execution_engine)
{
    if (execution_engine != nullptr) {
        c_api::to_engine(execution_engine)->add_reference();
    }
}

extern "C" void execution_engine_dec_ref(EXECUTION_ENGINE_HANDLE execution_engine)
{
    if (execution_engine != nullptr) {
        c_api::to_engine(execution_engine)->release();
    }
}
