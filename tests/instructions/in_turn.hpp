// Two sides that send and receive in turn, once by callbacks and once by coroutines: the same calls.
#pragma once

#include <cstdint>

void run_in_turn(std::uint64_t round_trips);
void run_coroutines(std::uint64_t round_trips);
