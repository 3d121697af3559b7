// Ctrl-C.
#pragma once

#include <chrono>

namespace tools::interrupt {

// From now on Ctrl-C does not end the program, it is counted.
void watch();

// How often it came.
int count();

// Nobody is told: who is to notice looks so often.
constexpr std::chrono::milliseconds between_looks{20};

} // namespace tools::interrupt
