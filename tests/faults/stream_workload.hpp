// A bit of everything that a stream of the library's own interface does, told by what must hold whichever call of the
// system fails: each accepted operation ends once, as it may, the bytes told are those that the peer has seen, and what
// was refused works when it is tried again.
#pragma once

#include <string>

namespace faults {

// What is wrong; empty if nothing is. With no fault planned everything also has to succeed.
[[nodiscard]] std::string run_stream_workload();

} // namespace faults
