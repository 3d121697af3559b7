// Ctrl-C.
#pragma once

namespace tools::interrupt {

// From now on Ctrl-C does not end the program, it is counted.
void watch();

// How often it came.
int count();

} // namespace tools::interrupt
