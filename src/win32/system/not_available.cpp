// The functions of async_socket.h that the documents leave out on Windows; and forks, which there are none of.
#include "c_pal/async_socket.h"
#include "core/common/log.hpp"
#include "core/platform/backend.hpp"

extern "C" ASYNC_SOCKET_HANDLE async_socket_create_with_transport(EXECUTION_ENGINE_HANDLE, ON_ASYNC_SOCKET_SEND, void*,
                                                                  ON_ASYNC_SOCKET_RECV, void*)
{
    LOG_ERROR("async_socket_create_with_transport: not available on Windows");
    return nullptr; // 04_001
}

extern "C" int async_socket_notify_io_async(ASYNC_SOCKET_HANDLE, ASYNC_SOCKET_NOTIFY_IO_TYPE,
                                            ON_ASYNC_SOCKET_NOTIFY_IO_COMPLETE, void*)
{
    LOG_ERROR("async_socket_notify_io_async: not available on Windows");
    return 1; // 04_002
}

namespace async_socket::backend {

void pool_abandon(pool* pool) noexcept
{
    pool_destroy(pool);
}

void channel_abandon(channel* channel) noexcept
{
    channel_close(channel, false);
}

} // namespace async_socket::backend
