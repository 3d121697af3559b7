// What the three generations of async_socket.h share: destroy, close, send, receive, and the common
// part of create and open.
#define ASYNC_SOCKET_API_VERSION 2
#include "c_pal/async_socket.h"

#include "c_api/c_pal/call.hpp"
#include "c_api/c_pal/handles.hpp"
#include "c_api/c_pal/payload.hpp"
#include "c_api/c_pal/result.hpp"
#include "core/common/log.hpp"

namespace async_socket::c_api {

core::socket* create(EXECUTION_ENGINE_HANDLE engine, const backend::connection& adopted) noexcept
{
    if (engine == nullptr) { // 01_002
        LOG_ERROR("async_socket_create: execution_engine is NULL");
        return nullptr;
    }
    core::socket* const socket = call::create_socket(*to_engine(engine), adopted, nullptr); // 01_001
    if (socket == nullptr) {                                                                // 01_003
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
    return socket->open(given, on_complete, context).is_none() ? 0 : 1; // 01_009, 01_014, 01_039
}

namespace {

void send_ended(as_operation* operation, as_outcome outcome)
{
    const auto ended = call::finish<ON_ASYNC_SOCKET_SEND_COMPLETE>(operation);
    ended.callback(ended.context, send_result_of(core::understood(outcome)));
}

void receive_ended(as_operation* operation, as_outcome outcome)
{
    const auto ended = call::finish<ON_ASYNC_SOCKET_RECEIVE_COMPLETE>(operation);
    const receive_report report = receive_report_of(core::understood(outcome), ended.total);
    ended.callback(ended.context, report.result, report.bytes);
}

// Checks and starts one operation. 01_028, 01_050, 01_077, 01_078
call_result start(ASYNC_SOCKET_HANDLE async_socket, core::operation_kind kind, const ASYNC_SOCKET_BUFFER* payload,
                  uint32_t buffer_count, as_callback on_end, call::callback_function callback, void* context) noexcept
{
    const char* const what =
        kind == core::operation_kind::send ? "async_socket_send_async" : "async_socket_receive_async";
    if (async_socket == nullptr || callback == nullptr) { // 01_024, 01_026, 01_073, 01_075
        LOG_ERROR("%s: %s is NULL", what, async_socket == nullptr ? "async_socket" : "the callback");
        return call_result::refused;
    }
    std::uint64_t total = 0;
    const char* const problem = payload_problem(payload, buffer_count, &total);
    if (problem != nullptr) {
        LOG_ERROR("%s: %s", what, problem);
        return call_result::refused;
    }
    return call::start(*to_socket(async_socket), {kind, payload, buffer_count, total, callback, context}, on_end);
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
                         c_api::call::hide(on_send_complete), on_send_complete_context)) {
    case c_api::call_result::started:
        return ASYNC_SOCKET_SEND_SYNC_OK; // 01_045
    case c_api::call_result::not_open:
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
    const c_api::call_result result =
        c_api::start(async_socket, core::operation_kind::receive, payload, buffer_count, c_api::receive_ended,
                     c_api::call::hide(on_receive_complete), on_receive_complete_context);
    return result == c_api::call_result::started ? 0 : 1; // 01_083, 01_084, 01_098
}
