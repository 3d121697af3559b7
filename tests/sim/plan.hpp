// What one run of the random workload is like: everything that is decided before it begins.
#pragma once

#include <cstdint>

#include "api.hpp"
#include "decisions.hpp"
#include "model/machine.hpp"
#include "model/thread.hpp"

namespace sim {

struct plan {
    behaviour world;
    schedule how;
    fault_plan faults;
    generation api = generation::current;
    EXECUTION_ENGINE_PARAMETERS engine_parameters{1, 0};
    std::uint32_t fast_one_in = 0; // sockets in fast mode; 0: none
    std::uint32_t slots = 1;       // async sockets at a time
    std::uint32_t threads = 1;
    bool short_lived_threads = false; // each ends soon, and another takes its place
    bool two_engines = false;
    bool early_release = false;    // the sockets alone keep the engines
    bool blocking_calls = false;   // there is a transport for blocking calls
    std::uint32_t nested_most = 2; // actions in each callback
    bool side_calls = false;       // wrong calls too, and short-lived engines and transports

    [[nodiscard]] bool has_faults() const noexcept { return faults.one_in != 0 || faults.first != 0; }
};

[[nodiscard]] plan make_plan(std::uint64_t seed);
// The same, of choices; the seed is the schedule's.
[[nodiscard]] plan make_plan(std::uint64_t seed, decisions& dice);

} // namespace sim
