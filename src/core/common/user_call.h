/* Calls code of the user's on a thread of the user's, where somebody may be waiting for an exception: one that
 * leaves the call ends the program, before it passes through the library, whose frames would never be left.
 * (On the engine's threads nobody waits, and the system ends the program.)
 *
 * In C, since the library has neither exceptions nor a C++ runtime. */
#ifndef ASYNC_SOCKET_CORE_USER_CALL_H
#define ASYNC_SOCKET_CORE_USER_CALL_H

#ifdef __cplusplus
extern "C" {
#endif

void async_socket_user_call(void (*call)(void* context), void* context);

#ifdef __cplusplus
}
#endif

#endif /* ASYNC_SOCKET_CORE_USER_CALL_H */
