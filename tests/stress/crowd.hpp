// Many connections at once in one process, each with an async socket at both ends and traffic on all.
#pragma once

#include <cstdint>
#include <string>

#include "c_pal/execution_engine.h"

namespace stress {

struct crowd_size {
    std::size_t connections;
    std::uint32_t rounds;  // questions on each connection, each answered by their echo
    std::uint32_t largest; // bytes of a question
};

// Opens all, then lets all ask at once, then closes all. Every byte of every answer is checked, and each
// accepted operation has to have exactly one callback. What is wrong; empty if nothing is.
[[nodiscard]] std::string run_crowd(EXECUTION_ENGINE_HANDLE engine, const crowd_size& size);

} // namespace stress
