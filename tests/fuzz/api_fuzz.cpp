// A string of bytes is a program that uses the public C API, on the simulated Windows: what it calls and
// does in its callbacks, what its peers do, which call of the system fails, and the schedule's seed. The
// workload of tests/sim turns one into the other, knows what a program may do, and checks the rules.
//
// For libFuzzer, and for replay_main.cpp, which needs no fuzzer.
#include <cstddef>
#include <cstdint>

#include "model/breach.hpp"
#include "target.hpp"
#include "workload.hpp"

void show_trace()
{
    sim::trace_to_stderr(true);
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size)
{
    sim::workload_options options;
    options.actions = 200; // the bytes are used up before, as a rule
    (void)sim::run_workload(bytes, size, options);
    return 0;
}
