/* Code of the handle generation names its engine parameters EXECUTION_ENGINE_PARAMETERS_WIN32 or _LINUX and
 * passes them as void*. This file is C and C++. */
#include <stddef.h>

#include "c_pal/execution_engine.h"
#ifdef _WIN32
typedef EXECUTION_ENGINE_PARAMETERS_WIN32 PARAMETERS_OF_THE_SYSTEM;
#else
#include "c_pal/execution_engine_linux.h"
typedef EXECUTION_ENGINE_PARAMETERS_LINUX PARAMETERS_OF_THE_SYSTEM;
#endif

#ifdef __cplusplus
extern "C" {
#endif

EXECUTION_ENGINE_HANDLE engine_from_void_pointer(void);
EXECUTION_ENGINE_HANDLE engine_from_void_pointer(void)
{
    PARAMETERS_OF_THE_SYSTEM parameters = {1, 2};
    void* execution_engine_parameters = &parameters;
    return execution_engine_create(execution_engine_parameters);
}

EXECUTION_ENGINE_HANDLE engine_from_const_void_pointer(void);
EXECUTION_ENGINE_HANDLE engine_from_const_void_pointer(void)
{
    const EXECUTION_ENGINE_PARAMETERS parameters = {1, 0};
    const void* execution_engine_parameters = &parameters;
    return execution_engine_create(execution_engine_parameters);
}

EXECUTION_ENGINE_HANDLE engine_from_typed_pointer(void);
EXECUTION_ENGINE_HANDLE engine_from_typed_pointer(void)
{
    EXECUTION_ENGINE_PARAMETERS parameters = {DEFAULT_MIN_THREAD_COUNT, DEFAULT_MAX_THREAD_COUNT};
    return execution_engine_create(&parameters);
}

EXECUTION_ENGINE_HANDLE engine_from_null(void);
EXECUTION_ENGINE_HANDLE engine_from_null(void)
{
    return execution_engine_create(NULL);
}

#ifdef __cplusplus
}
#endif
