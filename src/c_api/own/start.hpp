// The answers of functions that start an operation.
#pragma once

#include "async_socket/operation.h"
#include "core/operation/operation.hpp"
#include "core/operation/outcome.hpp"

namespace async_socket::c_api {

// It was not accepted. `operation`: may be null.
[[nodiscard]] inline as_outcome refused(as_operation* operation, const core::refusal& why) noexcept
{
    if (operation != nullptr) {
        core::operation::refuse(*operation);
    }
    return core::told(why);
}

[[nodiscard]] inline as_outcome started(as_operation* operation, const core::refusal& refusal) noexcept
{
    return refusal.is_none() ? core::told(core::ending::done) : refused(operation, refusal);
}

} // namespace async_socket::c_api
