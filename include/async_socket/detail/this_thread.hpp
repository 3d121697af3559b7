// Which thread this is: the address of something that each has of its own. <thread> would take longer to compile than
// all of this interface.
#pragma once

#include "async_socket/detail/face.hpp"

namespace as {
inline namespace ASYNC_SOCKET_FACE {
namespace detail {

[[nodiscard]] inline const void* this_thread() noexcept
{
    static constinit thread_local char own = 0;
    return &own;
}

} // namespace detail
} // namespace ASYNC_SOCKET_FACE
} // namespace as
