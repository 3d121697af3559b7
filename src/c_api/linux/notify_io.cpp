// async_socket_notify_io_async: one callback when the socket is ready.
#include "c_pal/async_socket.h"

#include "c_api/c_pal/call.hpp"
#include "c_api/c_pal/handles.hpp"
#include "core/common/log.hpp"
#include "core/socket/socket.hpp"

namespace async_socket::c_api {

namespace {

ASYNC_SOCKET_NOTIFY_IO_RESULT result_of(core::direction way, core::ending how) noexcept
{
    switch (how) { // LINUX_11_004, LINUX_11_005
    case core::ending::done:
        return way == core::direction::receive ? ASYNC_SOCKET_NOTIFY_IO_RESULT_IN : ASYNC_SOCKET_NOTIFY_IO_RESULT_OUT;
    case core::ending::reset:
    case core::ending::closed_here:
        return ASYNC_SOCKET_NOTIFY_IO_RESULT_ABANDONED;
    default:
        return ASYNC_SOCKET_NOTIFY_IO_RESULT_ERROR;
    }
}

void notify_ended(as_operation* operation, as_outcome outcome)
{
    const core::direction way = core::operation::of(operation).way();
    const auto ended = call::finish<ON_ASYNC_SOCKET_NOTIFY_IO_COMPLETE>(operation);
    ended.callback(ended.context, result_of(way, core::understood(outcome).how));
}

const char* problem_with(ASYNC_SOCKET_HANDLE async_socket, ASYNC_SOCKET_NOTIFY_IO_TYPE io_type,
                         ON_ASYNC_SOCKET_NOTIFY_IO_COMPLETE on_complete) noexcept
{
    if (async_socket == nullptr) {
        return "async_socket is NULL";
    }
    if (io_type != ASYNC_SOCKET_NOTIFY_IO_TYPE_IN && io_type != ASYNC_SOCKET_NOTIFY_IO_TYPE_OUT) {
        return "io_type is neither IN nor OUT";
    }
    return on_complete == nullptr ? "the callback is NULL" : nullptr;
}

} // namespace

} // namespace async_socket::c_api

using namespace async_socket;

extern "C" int async_socket_notify_io_async(ASYNC_SOCKET_HANDLE async_socket, ASYNC_SOCKET_NOTIFY_IO_TYPE io_type,
                                            ON_ASYNC_SOCKET_NOTIFY_IO_COMPLETE on_notify_io_complete,
                                            void* on_notify_io_complete_context)
{
    const char* const problem = c_api::problem_with(async_socket, io_type, on_notify_io_complete);
    if (problem != nullptr) { // LINUX_11_001
        LOG_ERROR("async_socket_notify_io_async: %s", problem);
        return 1;
    }
    const bool is_in = io_type == ASYNC_SOCKET_NOTIFY_IO_TYPE_IN;
    const core::operation_kind kind = is_in ? core::operation_kind::readable : core::operation_kind::writable;
    const c_api::call_result result = c_api::call::start(
        *c_api::to_socket(async_socket),
        {kind, nullptr, 0, 0, c_api::call::hide(on_notify_io_complete), on_notify_io_complete_context},
        c_api::notify_ended);
    return result == c_api::call_result::started ? 0 : 1;
}
