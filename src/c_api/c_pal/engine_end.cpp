#include "async_socket/engine_end.h"

#include "c_api/c_pal/handles.hpp"
#include "core/common/log.hpp"
#include "core/engine/execution_engine.hpp"

using namespace async_socket;

extern "C" EXECUTION_ENGINE_END_RESULT execution_engine_dec_ref_and_wait(EXECUTION_ENGINE_HANDLE execution_engine)
{
    if (execution_engine == nullptr) {
        LOG_ERROR("execution_engine_dec_ref_and_wait: execution_engine is NULL");
        return EXECUTION_ENGINE_END_REFUSED;
    }
    switch (c_api::to_engine(execution_engine)->release_and_wait()) {
    case core::engine_end::waited:
        return EXECUTION_ENGINE_END_WAITED;
    case core::engine_end::not_last:
        return EXECUTION_ENGINE_END_NOT_LAST;
    default:
        LOG_ERROR("execution_engine_dec_ref_and_wait: in a callback, it would wait for itself");
        return EXECUTION_ENGINE_END_REFUSED;
    }
}
