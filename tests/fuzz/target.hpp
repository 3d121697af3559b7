// What replay_main.cpp knows of a target of the fuzzer.
#pragma once

#include <cstddef>
#include <cstdint>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size);

// From now on the target writes what it does, if it does more than can be read from the input.
void show_trace();
