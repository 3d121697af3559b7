#include "c_pal/execution_engine_win32.h"

#include "core/engine/execution_engine.hpp"
#include "win32/engine/pool.hpp"

extern "C" PTP_POOL execution_engine_win32_get_threadpool(EXECUTION_ENGINE_HANDLE execution_engine)
{
    if (execution_engine == nullptr) {
        return nullptr;
    }
    return reinterpret_cast<async_socket::core::execution_engine*>(execution_engine)->pool().threadpool();
}
