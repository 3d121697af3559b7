// async_socket_create_with_transport: an async socket whose bytes the user's hooks move.
#include "c_pal/async_socket.h"
#include "core/log.hpp"
#include "core/memory.hpp"
#include "core/socket.hpp"

using namespace async_socket;

extern "C" ASYNC_SOCKET_HANDLE async_socket_create_with_transport(EXECUTION_ENGINE_HANDLE execution_engine,
                                                                  ON_ASYNC_SOCKET_SEND on_send, void* on_send_context,
                                                                  ON_ASYNC_SOCKET_RECV on_recv, void* on_recv_context)
{
    if (execution_engine == nullptr || on_send == nullptr || on_recv == nullptr) { // LINUX_10_001
        LOG_ERROR("async_socket_create_with_transport: %s is NULL",
                  execution_engine == nullptr ? "execution_engine" : (on_send == nullptr ? "on_send" : "on_recv"));
        return nullptr;
    }
    auto* const hooks =
        core::create<core::io_hooks>(core::io_hooks{on_send, on_send_context, on_recv, on_recv_context});
    core::socket* const socket =
        hooks == nullptr ? nullptr
                         : core::socket::create(*reinterpret_cast<core::execution_engine*>(execution_engine),
                                                backend::no_connection(), hooks);
    if (socket == nullptr) {
        std::free(hooks);
        LOG_ERROR("async_socket_create_with_transport: out of memory");
    }
    return reinterpret_cast<ASYNC_SOCKET_HANDLE>(socket);
}
