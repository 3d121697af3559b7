/* What an execution engine was created with: c-pal's own modules for Linux ask for it, its thread pool
 * for one, which makes threads of its own. For Linux only. */
#ifndef C_PAL_EXECUTION_ENGINE_LINUX_H
#define C_PAL_EXECUTION_ENGINE_LINUX_H

#include "c_pal/execution_engine.h"
#include "c_pal/macro_fallbacks.h"

#ifdef __cplusplus
extern "C" {
#endif

/* The name that code of the handle generation uses. */
typedef EXECUTION_ENGINE_PARAMETERS EXECUTION_ENGINE_PARAMETERS_LINUX;

/* The parameters that execution_engine_create was given; for NULL those of the defaults,
 * DEFAULT_MIN_THREAD_COUNT and DEFAULT_MAX_THREAD_COUNT. Not how many threads the engine has. Owned by the
 * engine, valid as long as the caller's reference to it. NULL for NULL. Any thread. Never blocks.
 * Requirement: LINUX_17_001. */
MOCKABLE_FUNCTION(, const EXECUTION_ENGINE_PARAMETERS*, execution_engine_linux_get_parameters, EXECUTION_ENGINE_HANDLE,
                  execution_engine);

#ifdef __cplusplus
}
#endif

#endif /* C_PAL_EXECUTION_ENGINE_LINUX_H */
