#pragma once

#include "c_pal/execution_engine.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Gives the last reference back, and returns when none of the engine's threads is in the library's code any more. */
void end_engine(EXECUTION_ENGINE_HANDLE engine);

#ifdef __cplusplus
}
#endif
