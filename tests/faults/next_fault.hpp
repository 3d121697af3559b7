// What a function that stands in for the system's asks before it does its work.
#pragma once

#include <optional>

#include "faulty_calls.hpp"

namespace faults {

// What happens to this call, if anything.
[[nodiscard]] std::optional<fault> next(const char* call);
// True if the call fails; errno is set then.
[[nodiscard]] bool fails(const char* call);

} // namespace faults
