// The random workload: what a program may legally do to the public API, and some threads that do it.
#pragma once

#include <cstddef>
#include <cstdint>

namespace sim {

struct workload_options {
    std::uint32_t actions = 50;
    bool print_ledger_at_the_end = false;
};

// What a run did.
struct workload_figures {
    std::uint64_t operations = 0;   // calls of the library's functions
    std::uint64_t peer_actions = 0; // of the other ends
};

// One run. Everything that it does follows from the seed (under the deterministic scheduler).
workload_figures run_workload(std::uint64_t seed, const workload_options& options);

// One run whose choices are those of the bytes: its plan, the schedule's seed, one call that fails, and
// what the threads and callbacks do, until the bytes or the actions are used up.
workload_figures run_workload(const unsigned char* bytes, std::size_t size, const workload_options& options);

} // namespace sim
