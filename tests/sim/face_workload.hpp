// Random programs with the C++ interface: tasks that wait for operations, tasks, groups and scopes, that are stopped at
// any moment, and that are not stopped.
#pragma once

#include <cstdint>

#include "workload.hpp"

namespace sim {

// One run. The same seed is the same run. Breaches if something is told without a reason, bytes are lost, a task is
// told another one's value, or something is left.
workload_figures run_face_workload(std::uint64_t seed);

} // namespace sim
