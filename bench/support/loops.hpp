// For implementations that have event loops: the sessions dealt out to them, a thread for each.
#pragma once

#include <cstddef>
#include <memory>
#include <thread>
#include <vector>

#include "support/trial.hpp"
#include "workload.hpp"

namespace bench {

// Loop: made with the trial; add(index of a session), before run(), connects it, both ends on this loop; run() starts
// the clients and returns when all of the loop's sessions are over.
template <class Loop>
[[nodiscard]] result run_on_loops(const workload& work)
{
    trial trial(work);
    std::vector<std::unique_ptr<Loop>> loops;
    loops.reserve(work.loops);
    for (unsigned i = 0; i < work.loops; ++i) {
        loops.push_back(std::make_unique<Loop>(trial));
    }
    trial.note_memory();
    for (std::size_t i = 0; i < trial.size(); ++i) {
        loops[i % loops.size()]->add(i);
    }
    {
        std::vector<std::jthread> threads;
        threads.reserve(loops.size());
        for (auto& each : loops) {
            threads.emplace_back([&loop = *each] { loop.run(); });
        }
        trial.measure();
    }
    return trial.outcome();
}

} // namespace bench
