/* The end of an execution engine for those who are going to unload code or memory that its callbacks use: a plug-in,
 * a test. c-pal's interface has nothing of the kind; for all generations of it.
 *
 * Unloading. Until the last callback has returned its thread is in the user's code, and behind it in the library's.
 * - Close every async socket, and end every engine with execution_engine_dec_ref_and_wait, before the code of the
 *   callbacks is unloaded.
 * - The code of the library itself stays as long as it is needed. On Windows the module that contains it (the DLL, or
 *   the plug-in that has linked the static library) stays loaded while an async socket is open or a thread is on its
 *   way out, whoever calls FreeLibrary; what it has of thread-local storage is given back with it. On Linux the shared
 *   library is never unloaded; a plug-in that has linked the static one has to end its engines as above first.
 *
 * In DllMain with DLL_PROCESS_DETACH:
 * - When the process ends (lpvReserved is not NULL) the system has ended all other threads, so nobody is left to be
 *   waited for: async_socket_close and _destroy, execution_engine_dec_ref and _dec_ref_and_wait,
 *   socket_transport_disconnect and _destroy return at once and leave everything to the system. No callback is called.
 * - When the module is unloaded (lpvReserved is NULL), DllMain holds the loader's lock, which a new thread of an engine
 *   needs, so nothing may be called that waits for one: async_socket_destroy of a closed one, execution_engine_dec_ref
 *   and socket_transport_destroy are allowed, closing an async socket that is open and
 *   execution_engine_dec_ref_and_wait are not.
 * No other function may be called there. */
#ifndef ASYNC_SOCKET_ENGINE_END_H
#define ASYNC_SOCKET_ENGINE_END_H

#include "c_pal/execution_engine.h"

#ifdef __cplusplus
extern "C" {
#endif

/* WAITED    it was the last reference: no callback of the engine is running any more, and none will.
 * NOT_LAST  the reference is given back, others keep the engine (an async socket that is not destroyed has one).
 *           Nothing was waited for.
 * REFUSED   NULL, or called in a callback of an async socket (of any engine: two that wait for each other would never
 *           end). Nothing has changed, the reference is still the caller's. */
typedef enum EXECUTION_ENGINE_END_RESULT_TAG {
    EXECUTION_ENGINE_END_WAITED,
    EXECUTION_ENGINE_END_NOT_LAST,
    EXECUTION_ENGINE_END_REFUSED
} EXECUTION_ENGINE_END_RESULT;

/* As execution_engine_dec_ref, but waits, if the reference was the last one, until every callback of the engine's
 * async sockets has returned, those included that have closed their own socket or another one's while they ran. Blocks
 * as long as the slowest of them. Does not wait for work of the user's own on the engine's pool (Windows). Any thread,
 * but not inside a callback, nor while holding what a callback waits for. */
MOCKABLE_FUNCTION(, EXECUTION_ENGINE_END_RESULT, execution_engine_dec_ref_and_wait, EXECUTION_ENGINE_HANDLE,
                  execution_engine);

#ifdef __cplusplus
}
#endif

#endif /* ASYNC_SOCKET_ENGINE_END_H */
