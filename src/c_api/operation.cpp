#include "async_socket/operation.h"

#include "core/backend.hpp"
#include "core/operation.hpp"

using namespace async_socket;

extern "C" void as_operation_cancel(as_operation* operation)
{
    if (operation == nullptr) {
        return;
    }
    core::operation& cancelled = core::operation::of(operation);
    if (cancelled.holds.take()) {
        backend::operation_cancel(cancelled);
        cancelled.holds.drop();
    }
}
