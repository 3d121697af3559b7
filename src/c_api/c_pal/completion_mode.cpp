#include "async_socket/completion_mode.h"

#include "c_api/c_pal/handles.hpp"
#include "core/common/log.hpp"

using namespace async_socket;

extern "C" int async_socket_set_completion_mode(ASYNC_SOCKET_HANDLE async_socket,
                                                ASYNC_SOCKET_COMPLETION_MODE completion_mode)
{
    const bool is_fast = completion_mode == ASYNC_SOCKET_COMPLETION_FAST;
    if (async_socket == nullptr || (!is_fast && completion_mode != ASYNC_SOCKET_COMPLETION_DOCUMENTED)) {
        LOG_ERROR("async_socket_set_completion_mode: %s",
                  async_socket == nullptr ? "async_socket is NULL" : "completion_mode is no mode");
        return 1;
    }
    const auto mode = is_fast ? core::completion_mode::fast : core::completion_mode::documented;
    if (!c_api::to_socket(async_socket)->set_mode(mode)) {
        LOG_ERROR("async_socket_set_completion_mode: not closed");
        return 1;
    }
    return 0;
}
