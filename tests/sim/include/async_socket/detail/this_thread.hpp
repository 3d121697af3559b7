// In the place of the C++ interface's own: the threads of the deterministic scheduler are fibers of one thread.
#pragma once

#include <windows.h>

#include <cstdint>

#include "async_socket/detail/face.hpp"

namespace as {
inline namespace ASYNC_SOCKET_FACE {
namespace detail {

[[nodiscard]] inline const void* this_thread() noexcept
{
    return reinterpret_cast<const void*>(std::uintptr_t{GetCurrentThreadId()});
}

} // namespace detail
} // namespace ASYNC_SOCKET_FACE
} // namespace as
