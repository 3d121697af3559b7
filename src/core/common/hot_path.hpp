// What every operation passes is to be short, and only the compiler knows what a function costs that is called where it
// could stand. So where the way of an operation begins, it is told to put in whatever is called from there; and what
// is seldom needed on that way is told to stay out of it. Where these say nothing to the compiler, it decides.
#pragma once

#if defined(__GNUC__) && !defined(_WIN32)
#define ASYNC_SOCKET_OF_THE_LIBRARY [[gnu::visibility("hidden")]] // a variable that is reached without a detour
#else
#define ASYNC_SOCKET_OF_THE_LIBRARY
#endif

#ifdef __GNUC__
#define ASYNC_SOCKET_IN_ONE_PIECE [[gnu::flatten]]
#define ASYNC_SOCKET_APART [[gnu::noinline]]
#else
#define ASYNC_SOCKET_IN_ONE_PIECE
#define ASYNC_SOCKET_APART
#endif

// Of a function with a variable whose address it gives away, but with no array, which is what could be overrun.
#if defined(__has_cpp_attribute)
#if __has_cpp_attribute(gnu::no_stack_protector)
#define ASYNC_SOCKET_UNGUARDED [[gnu::no_stack_protector]]
#endif
#endif
#ifndef ASYNC_SOCKET_UNGUARDED
#define ASYNC_SOCKET_UNGUARDED
#endif
