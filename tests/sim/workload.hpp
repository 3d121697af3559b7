// The random workload: what a program may legally do to the public API, and some threads that do it.
#pragma once

#include <cstdint>

namespace sim {

struct workload_options {
    std::uint32_t actions = 50;
    bool print_ledger_at_the_end = false;
};

// One run. Everything that it does follows from the seed (under the deterministic scheduler).
void run_workload(std::uint64_t seed, const workload_options& options);

} // namespace sim
