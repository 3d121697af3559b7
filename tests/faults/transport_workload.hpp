// The life of a transport from create to destroy, told by what must hold whichever call of the system fails:
// the result says so, the handle is as before and works when it is asked again, bytes are in order.
#pragma once

#include <string>

namespace faults {

// What is wrong; empty if nothing is. With no fault planned everything also has to succeed.
[[nodiscard]] std::string run_transport_workload();

} // namespace faults
