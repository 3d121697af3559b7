// The end of a program that has done what nothing can be made of, with words that say what.
#pragma once

#include <cstdio>
#include <cstdlib>

#include "async_socket/detail/face.hpp"

namespace as {
inline namespace ASYNC_SOCKET_FACE {
namespace detail {

inline void warn(const char* what) noexcept
{
    (void)std::fputs("async_socket: ", stderr);
    (void)std::fputs(what, stderr);
    (void)std::fputs("\n", stderr);
}

[[noreturn]] inline void give_up(const char* what) noexcept
{
    warn(what);
    std::abort();
}

} // namespace detail
} // namespace ASYNC_SOCKET_FACE
} // namespace as
