#include "end_engine.h"

#include "core/execution_engine.hpp"
#include "core/memory.hpp"

using namespace async_socket;

extern "C" void end_engine(EXECUTION_ENGINE_HANDLE engine)
{
    auto* const last = reinterpret_cast<core::execution_engine*>(engine);
    backend::pool_destroy_and_wait(&last->pool());
    core::destroy(last);
}
