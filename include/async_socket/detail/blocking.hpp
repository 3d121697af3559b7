// Whether this thread may block until tasks have ended. One of an engine's may not: they may need it, or follow the
// very callback that it is in.
#pragma once

#include "async_socket/detail/face.hpp"
#include "async_socket/detail/misuse.hpp"
#include "async_socket/engine.h"

namespace as {
inline namespace ASYNC_SOCKET_FACE {
namespace detail {

inline void require_no_callback(const char* otherwise) noexcept
{
    if (as_is_in_callback()) {
        give_up(otherwise);
    }
}

} // namespace detail
} // namespace ASYNC_SOCKET_FACE
} // namespace as
