// What the three generations of async_socket.h share: destroy, close, send, receive, and the common
// part of create and open.
#define ASYNC_SOCKET_API_VERSION 2
#include "c_pal/async_socket.h"

#include "c_api/handles.hpp"
#include "core/log.hpp"
#include "core/payload.hpp"
#include "core/result.hpp"

namespace async_socket::c_api {

core::socket* create(EXECUTION_ENGINE_HANDLE engine, const backend::connection& adopted) noexcept
{
    if (engine == nullptr) { // 01_002
        LOG_ERROR("async_socket_create: execution_engine is NULL");
        return nullptr;
    }
    core::socket* const socket = core::socket::create(*to_engine(engine), adopted); // 01_001
    if (socket == nullptr) {                                                        // 01_003
        LOG_ERROR("async_socket_create: out of memory");
    }
    return socket;
}

int open(core::socket* socket, const backend::connection* given, ON_ASYNC_SOCKET_OPEN_COMPLETE on_complete,
         void* context) noexcept
{
    if (socket == nullptr || on_complete == nullptr) { // 01_007, 01_008
        LOG_ERROR("async_socket_open_async: %s is NULL", socket == nullptr ? "async_socket" : "on_open_complete");
        return 1;
    }
    if (given != nullptr && !backend::is_connection(*given)) { // 01_034
        LOG_ERROR("async_socket_open_async: no connection given");
        return 1;
    }
    return socket->open(given, on_complete, context) ? 0 : 1; // 01_009, 01_014, 01_039
}

namespace {

// The user's callback, its type hidden while it waits in the operation.
template <typename Callback>
core::operation::callback_function hide(Callback callback) noexcept
{
    return reinterpret_cast<core::operation::callback_function>(callback);
}

// Both give the memory back before they call: the callback may start the next operation, and may
// close and destroy the socket.
void send_ended(core::operation& operation, const core::outcome& outcome)
{
    const auto on_complete = reinterpret_cast<ON_ASYNC_SOCKET_SEND_COMPLETE>(operation.callback);
    void* const context = operation.context;
    const ASYNC_SOCKET_SEND_RESULT result = core::send_result_of(outcome, operation.total);
    backend::operation_destroy(&operation);
    on_complete(context, result);
}

void receive_ended(core::operation& operation, const core::outcome& outcome)
{
    const auto on_complete = reinterpret_cast<ON_ASYNC_SOCKET_RECEIVE_COMPLETE>(operation.callback);
    void* const context = operation.context;
    const core::receive_report report = core::receive_report_of(outcome, operation.total);
    backend::operation_destroy(&operation);
    on_complete(context, report.result, report.bytes);
}

// Checks and starts one operation. 01_028, 01_050, 01_077, 01_078
core::start_result start(ASYNC_SOCKET_HANDLE async_socket, core::operation_kind kind,
                         const ASYNC_SOCKET_BUFFER* payload, uint32_t buffer_count,
                         core::operation::ended_function ended, core::operation::callback_function callback,
                         void* context) noexcept
{
    const char* const what =
        kind == core::operation_kind::send ? "async_socket_send_async" : "async_socket_receive_async";
    if (async_socket == nullptr || callback == nullptr) { // 01_024, 01_026, 01_073, 01_075
        LOG_ERROR("%s: %s is NULL", what, async_socket == nullptr ? "async_socket" : "the callback");
        return core::start_result::refused;
    }
    std::uint64_t total = 0;
    const char* const problem = core::payload_problem(payload, buffer_count, &total);
    if (problem != nullptr) {
        LOG_ERROR("%s: %s", what, problem);
        return core::start_result::refused;
    }
    return to_socket(async_socket)->start({kind, total, ended, callback, context}, payload, buffer_count);
}

} // namespace

} // namespace async_socket::c_api

using namespace async_socket;

extern "C" void async_socket_destroy(ASYNC_SOCKET_HANDLE async_socket)
{
    if (async_socket != nullptr) { // 01_004
        c_api::to_socket(async_socket)->close_and_free();
    }
}

extern "C" void async_socket_close(ASYNC_SOCKET_HANDLE async_socket)
{
    if (async_socket != nullptr) { // 01_018
        c_api::to_socket(async_socket)->close();
    }
}

extern "C" ASYNC_SOCKET_SEND_SYNC_RESULT
async_socket_send_async(ASYNC_SOCKET_HANDLE async_socket, const ASYNC_SOCKET_BUFFER* payload, uint32_t buffer_count,
                        ON_ASYNC_SOCKET_SEND_COMPLETE on_send_complete, void* on_send_complete_context)
{
    // 01_027: any context will do.
    switch (c_api::start(async_socket, core::operation_kind::send, payload, buffer_count, c_api::send_ended,
                         c_api::hide(on_send_complete), on_send_complete_context)) {
    case core::start_result::started:
        return ASYNC_SOCKET_SEND_SYNC_OK; // 01_045
    case core::start_result::not_open:
        // 01_097, 42_002. The handle generation has this number under the name _ABANDONED.
        return ASYNC_SOCKET_SEND_SYNC_NOT_OPEN;
    default:
        return ASYNC_SOCKET_SEND_SYNC_ERROR; // 01_029
    }
}

extern "C" int async_socket_receive_async(ASYNC_SOCKET_HANDLE async_socket, ASYNC_SOCKET_BUFFER* payload,
                                          uint32_t buffer_count, ON_ASYNC_SOCKET_RECEIVE_COMPLETE on_receive_complete,
                                          void* on_receive_complete_context)
{
    // 01_076: any context will do.
    const core::start_result result =
        c_api::start(async_socket, core::operation_kind::receive, payload, buffer_count, c_api::receive_ended,
                     c_api::hide(on_receive_complete), on_receive_complete_context);
    return result == core::start_result::started ? 0 : 1; // 01_083, 01_084, 01_098
}
