#include "c_pal/execution_engine_linux.h"

#include "core/execution_engine.hpp"

extern "C" const EXECUTION_ENGINE_PARAMETERS*
execution_engine_linux_get_parameters(EXECUTION_ENGINE_HANDLE execution_engine)
{
    if (execution_engine == nullptr) {
        return nullptr;
    }
    return &reinterpret_cast<async_socket::core::execution_engine*>(execution_engine)->parameters(); // LINUX_17_001
}
