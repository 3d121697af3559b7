// Outcomes that are due to a call that was made to fail.
#pragma once

#include "async_socket/outcome.h"

namespace sim {

// The code is that of a call, or of a completion, that was made to fail; a want of memory has none. Nobody but the
// program cancels, and only who has ended or reset a stream is told as having done so.
[[nodiscard]] bool is_by_fault(const as_outcome& outcome);

} // namespace sim
