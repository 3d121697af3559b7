// A bit of everything that the library does, told by what must hold whichever call of the system fails:
// each accepted operation has one callback, bytes are in order and none is made up, closing ends, and
// nothing is left behind.
#pragma once

#include <string>

namespace faults {

// What is wrong; empty if nothing is. With no fault planned everything also has to succeed.
[[nodiscard]] std::string run_workload();

} // namespace faults
