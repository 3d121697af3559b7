// Random calls of the library's own interface, on several threads and in callbacks, with peers that do what they like.
#pragma once

#include <cstdint>

#include "workload.hpp"

namespace sim {

// One run. The same seed is the same run. Breaches if an operation does not end once, as one of the ways in which it
// may end, with bytes that are the peer's own; or if something is left.
workload_figures run_own_workload(std::uint64_t seed);

} // namespace sim
