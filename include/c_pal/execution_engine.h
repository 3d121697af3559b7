/* The execution engine: the threads that callbacks run on. On Windows it is one thread pool of the
 * operating system (see execution_engine_win32.h), on Linux threads of the library's own. Reference
 * counted; all functions may be called from any thread, callbacks among them.
 *
 * Fork: a child has none of the engine's threads, and shares its connections with the parent. Its calls on
 * engines, async sockets and transports that were made before the fork fail or return, wait for nobody and
 * change nothing of the parent's; a close or destroy closes the child's copy of the descriptor, the memory
 * and descriptors of an engine go with the process. It may create new ones. A child that was forked inside
 * a callback must not return from it: it ends there, with EXIT_FAILURE. (A process that was made without
 * running pthread_atfork's handlers, by clone or vfork say, may only exec or _exit.)
 * Requirements: LINUX_18_001 to LINUX_18_004. */
#ifndef C_PAL_EXECUTION_ENGINE_H
#define C_PAL_EXECUTION_ENGINE_H

#include <stdint.h>

#include "c_pal/macro_fallbacks.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct EXECUTION_ENGINE_TAG* EXECUTION_ENGINE_HANDLE;

/* min_thread_count: threads that are kept even when idle. On Linux an engine has at least one for each
 * processor that the process may use (quotas of control groups count), if the maximum allows it, and without parameters
 * just that. max_thread_count: the most threads; 0 sets no maximum. A maximum other than 0 below the minimum is
 * refused. While threads of the engine wait inside async_socket_close or _destroy for callbacks that have none to run
 * on, the engine has one more for each; they go when they have been idle. */
typedef struct EXECUTION_ENGINE_PARAMETERS_TAG {
    uint32_t min_thread_count;
    uint32_t max_thread_count;
} EXECUTION_ENGINE_PARAMETERS;

/* The name that code of the handle generation uses. */
typedef EXECUTION_ENGINE_PARAMETERS EXECUTION_ENGINE_PARAMETERS_WIN32;

#define DEFAULT_MIN_THREAD_COUNT 4
#define DEFAULT_MAX_THREAD_COUNT 0

/* Creates an engine with one reference, owned by the caller. NULL parameters mean the defaults.
 * Returns NULL, and leaves nothing behind, when the parameters are refused or the system has no
 * pool to give. */
MOCKABLE_FUNCTION(, EXECUTION_ENGINE_HANDLE, execution_engine_create, const EXECUTION_ENGINE_PARAMETERS*,
                  execution_engine_parameters);

/* Adds a reference. NULL: returns at once. */
MOCKABLE_FUNCTION(, void, execution_engine_inc_ref, EXECUTION_ENGINE_HANDLE, execution_engine);

/* Gives a reference back; the last one closes the pool. It may be the last one inside one of the
 * pool's own callbacks: the call does not wait for the pool. NULL: returns at once. */
MOCKABLE_FUNCTION(, void, execution_engine_dec_ref, EXECUTION_ENGINE_HANDLE, execution_engine);

#ifdef __cplusplus
}

/* Code of the handle generation passes its parameters as void*. C converts that by itself; this
 * overload does it in C++. It is a template, so that NULL and nullptr still name the C function. The
 * header may stand inside a block of C linkage, in which there are no templates. */
extern "C++" {
template <typename T>
struct C_PAL_VOID_ONLY;
template <>
struct C_PAL_VOID_ONLY<void> {
    typedef EXECUTION_ENGINE_HANDLE RESULT;
};
template <>
struct C_PAL_VOID_ONLY<const void> : C_PAL_VOID_ONLY<void> {
};

template <typename T>
inline typename C_PAL_VOID_ONLY<T>::RESULT execution_engine_create(T* parameters)
{
    return execution_engine_create(static_cast<const EXECUTION_ENGINE_PARAMETERS*>(parameters));
}
}
#endif

#endif /* C_PAL_EXECUTION_ENGINE_H */
