#include "async_socket/operation.h"

#include "core/backend.hpp"
#include "core/engine_operation.hpp"

using namespace async_socket;

extern "C" void as_operation_cancel(as_operation* operation)
{
    if (operation == nullptr) {
        return;
    }
    core::operation& cancelled = core::operation::of(operation);
    if (cancelled.holds.take()) {
        if (core::is_of_engine(cancelled.kind)) {
            static_cast<core::engine_operation&>(cancelled).stop(core::ending::cancelled);
        } else {
            backend::operation_cancel(cancelled);
        }
        cancelled.holds.drop();
    }
}
