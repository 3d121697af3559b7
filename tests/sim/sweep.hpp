// What the scenarios of the fault sweep share (fault_sweep.cpp).
#pragma once

#include <cstdint>
#include <vector>

#include "model/machine.hpp"

namespace sim {

// A breach that names `what` and the call that was made to fail, unless it holds.
void require(bool holds, const char* what);

// The stretch of a scenario whose calls may fail.
struct zone {
    fault_plan plan; // `first` counts from the beginning of the zone
    std::uint32_t begin = 0;
    std::uint32_t end = 0;

    void enter()
    {
        begin = the_machine().fallible_calls;
        if (plan.first != 0) {
            the_machine().faults = plan;
            the_machine().faults.first += begin;
        }
    }
    void leave()
    {
        end = the_machine().fallible_calls;
        the_machine().faults = {};
    }
};

// Of the library's own interface (own_sweep.cpp).
struct own_sweep_scenario {
    const char* name;
    void (*body)(zone& faulty);
};

extern const std::vector<own_sweep_scenario> own_sweep_scenarios;

} // namespace sim
