// What every header of the C++ interface begins with.
#pragma once

#if !defined(__cpp_impl_coroutine) && !defined(__cpp_coroutines)
#error "async_socket's C++ interface needs coroutines: C++20, with GCC 10 also -fcoroutines"
#endif

// A program may have parts with and parts without exceptions. What they compile is not the same, so it has two names:
// neither takes the other's functions for its own. So a function whose parameters are of this interface links within
// its part only. What lies in memory is the same: what such a part gives out through an interface of its own, a pointer
// to a task say, may be used in the other.
#if defined(__cpp_exceptions) || defined(_CPPUNWIND)
#define ASYNC_SOCKET_HAS_EXCEPTIONS 1
#define ASYNC_SOCKET_FACE with_exceptions
#else
#define ASYNC_SOCKET_HAS_EXCEPTIONS 0
#define ASYNC_SOCKET_FACE without_exceptions
#endif

// Clang before version 17 puts variables of an await_suspend that it has inlined into the coroutine's frame, which may
// be gone once the operation has been started (LLVM issue 56301).
#if defined(__clang__) && __clang_major__ < 17
#define ASYNC_SOCKET_AWAIT_APART __attribute__((noinline))
#else
#define ASYNC_SOCKET_AWAIT_APART
#endif

// Where a compiler can put the frame of an awaited task into that of who awaits it.
#if defined(__has_cpp_attribute)
#if __has_cpp_attribute(clang::coro_await_elidable)
#define ASYNC_SOCKET_AWAIT_ELIDABLE [[clang::coro_await_elidable]]
#endif
#endif
#ifndef ASYNC_SOCKET_AWAIT_ELIDABLE
#define ASYNC_SOCKET_AWAIT_ELIDABLE
#endif

// Around coroutines that keep a caller's function: GCC warns of the frame, which has a member without linkage if that
// function is a lambda of a function that has none. Nobody else can name either.
#if defined(__GNUC__) && !defined(__clang__)
#define ASYNC_SOCKET_KEEPS_A_FUNCTION_BEGIN \
    _Pragma("GCC diagnostic push") _Pragma("GCC diagnostic ignored \"-Wsubobject-linkage\"")
#define ASYNC_SOCKET_KEEPS_A_FUNCTION_END _Pragma("GCC diagnostic pop")
#else
#define ASYNC_SOCKET_KEEPS_A_FUNCTION_BEGIN
#define ASYNC_SOCKET_KEEPS_A_FUNCTION_END
#endif
