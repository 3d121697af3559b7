#include "async_socket/operation.h"

#include "core/engine/engine_operation.hpp"

using namespace async_socket;

extern "C" void as_operation_cancel(as_operation* operation)
{
    if (operation == nullptr) {
        return;
    }
    core::operation& cancelled = core::operation::of(operation);
    if (cancelled.holds.take()) {
        core::stop_operation(cancelled, core::ending::cancelled);
        cancelled.holds.drop();
    }
}
