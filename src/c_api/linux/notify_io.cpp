// async_socket_notify_io_async: one callback when the socket is ready.
#include "c_pal/async_socket.h"

#include "c_api/handles.hpp"
#include "core/log.hpp"
#include "core/socket.hpp"

namespace async_socket {

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

// Gives the memory back before it calls, as for every operation.
void notify_ended(core::operation& operation, const core::outcome& outcome)
{
    const auto on_complete = reinterpret_cast<ON_ASYNC_SOCKET_NOTIFY_IO_COMPLETE>(operation.callback);
    void* const context = operation.context;
    const ASYNC_SOCKET_NOTIFY_IO_RESULT result = result_of(operation.way(), outcome.how);
    backend::operation_destroy(&operation);
    on_complete(context, result);
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

} // namespace async_socket

using namespace async_socket;

extern "C" int async_socket_notify_io_async(ASYNC_SOCKET_HANDLE async_socket, ASYNC_SOCKET_NOTIFY_IO_TYPE io_type,
                                            ON_ASYNC_SOCKET_NOTIFY_IO_COMPLETE on_notify_io_complete,
                                            void* on_notify_io_complete_context)
{
    const char* const problem = problem_with(async_socket, io_type, on_notify_io_complete);
    if (problem != nullptr) { // LINUX_11_001
        LOG_ERROR("async_socket_notify_io_async: %s", problem);
        return 1;
    }
    const bool is_in = io_type == ASYNC_SOCKET_NOTIFY_IO_TYPE_IN;
    const core::operation watch{
        is_in ? core::operation_kind::readable : core::operation_kind::writable, 0, notify_ended,
        reinterpret_cast<core::operation::callback_function>(on_notify_io_complete), on_notify_io_complete_context};
    const core::start_result result = c_api::to_socket(async_socket)->start(watch, nullptr, 0);
    return result == core::start_result::started ? 0 : 1;
}
