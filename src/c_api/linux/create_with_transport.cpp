#include "c_api/linux/create_with_transport.hpp"

#include "c_api/c_pal/call.hpp"
#include "c_api/c_pal/handles.hpp"
#include "core/common/log.hpp"
#include "core/common/memory.hpp"

using namespace async_socket;

core::socket* c_api::create_with_hooks(EXECUTION_ENGINE_HANDLE engine, const backend::connection& adopted,
                                       const core::io_hooks& hooks) noexcept
{
    if (engine == nullptr || hooks.send == nullptr || hooks.receive == nullptr) { // LINUX_10_001
        LOG_ERROR("async_socket_create_with_transport: %s is NULL",
                  engine == nullptr ? "execution_engine" : (hooks.send == nullptr ? "on_send" : "on_recv"));
        return nullptr;
    }
    auto* const kept = core::create<core::io_hooks>(hooks);
    core::socket* const socket =
        kept == nullptr ? nullptr : c_api::call::create_socket(*c_api::to_engine(engine), adopted, kept);
    if (socket == nullptr) {
        std::free(kept);
        LOG_ERROR("async_socket_create_with_transport: out of memory");
    }
    return socket;
}

extern "C" ASYNC_SOCKET_HANDLE async_socket_create_with_transport(EXECUTION_ENGINE_HANDLE execution_engine,
                                                                  ON_ASYNC_SOCKET_SEND on_send, void* on_send_context,
                                                                  ON_ASYNC_SOCKET_RECV on_recv, void* on_recv_context)
{
    return reinterpret_cast<ASYNC_SOCKET_HANDLE>(c_api::create_with_hooks(
        execution_engine, backend::no_connection(), {on_send, on_send_context, on_recv, on_recv_context}));
}
