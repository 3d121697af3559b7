// What an outcome of the library's own interface is.
#pragma once

#include <cstdint>

#include "async_socket/outcome.h"

namespace sim {

inline bool is(const as_outcome& outcome, as_how how)
{
    return outcome.how == static_cast<std::uint32_t>(how);
}

} // namespace sim
