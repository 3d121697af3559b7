/* What an execution engine is on Windows: a thread pool of the operating system. The one public
 * header that includes a Windows header. */
#ifndef C_PAL_EXECUTION_ENGINE_WIN32_H
#define C_PAL_EXECUTION_ENGINE_WIN32_H

/* Before windows.h, which would bring the first Winsock otherwise. */
#include <winsock2.h>

#include <windows.h>

#include "c_pal/execution_engine.h"
#include "c_pal/macro_fallbacks.h"

#ifdef __cplusplus
extern "C" {
#endif

/* The engine's pool, valid as long as the caller's reference to the engine. Callers may put work of
 * their own on it; they do not close it. NULL for NULL. */
MOCKABLE_FUNCTION(, PTP_POOL, execution_engine_win32_get_threadpool, EXECUTION_ENGINE_HANDLE, execution_engine);

#ifdef __cplusplus
}
#endif

#endif /* C_PAL_EXECUTION_ENGINE_WIN32_H */
