#include "c_pal/execution_engine_linux.h"

#include "c_api/c_pal/handles.hpp"

extern "C" const EXECUTION_ENGINE_PARAMETERS*
execution_engine_linux_get_parameters(EXECUTION_ENGINE_HANDLE execution_engine)
{
    if (execution_engine == nullptr) {
        return nullptr;
    }
    return &async_socket::c_api::to_engine(execution_engine)->parameters(); // LINUX_17_001
}
