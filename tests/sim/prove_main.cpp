// sim_prove: the random workload, seed after seed.
//   sim_prove [--first S] [--seeds N]   N seeds from S on
//   sim_prove --seed S [--trace]        one seed, with its schedule and ledger
// With --own in front: that of the library's own interface; with --face: that of the C++ interface.
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "face_workload.hpp"
#include "model/breach.hpp"
#include "own_workload.hpp"
#include "workload.hpp"

int main(int count, char** arguments)
{
    std::uint64_t first = 1;
    std::uint64_t seeds = 20000;
    sim::workload_options options;
    sim::workload_figures (*run_other)(std::uint64_t seed) = nullptr;
    for (int i = 1; i < count; ++i) {
        const bool has_value = i + 1 < count;
        if (std::strcmp(arguments[i], "--first") == 0 && has_value) {
            first = std::strtoull(arguments[++i], nullptr, 10);
        } else if (std::strcmp(arguments[i], "--seeds") == 0 && has_value) {
            seeds = std::strtoull(arguments[++i], nullptr, 10);
        } else if (std::strcmp(arguments[i], "--seed") == 0 && has_value) {
            first = std::strtoull(arguments[++i], nullptr, 10);
            seeds = 1;
        } else if (std::strcmp(arguments[i], "--own") == 0) {
            run_other = sim::run_own_workload;
        } else if (std::strcmp(arguments[i], "--face") == 0) {
            run_other = sim::run_face_workload;
        } else if (std::strcmp(arguments[i], "--trace") == 0) {
            sim::trace_to_stderr(true);
            options.print_ledger_at_the_end = true;
        } else {
            (void)std::fprintf(stderr, "usage: %s [--own | --face] [--first S] [--seeds N] [--seed S [--trace]]\n",
                               arguments[0]);
            return 2;
        }
    }
    sim::workload_figures all;
    const auto begin = std::chrono::steady_clock::now();
    for (std::uint64_t seed = first; seed < first + seeds; ++seed) {
        const sim::workload_figures figures = run_other != nullptr ? run_other(seed) : sim::run_workload(seed, options);
        all.operations += figures.operations;
        all.peer_actions += figures.peer_actions;
    }
    const std::chrono::duration<double> time = std::chrono::steady_clock::now() - begin;
    const auto mean = [seeds](std::uint64_t sum) { return static_cast<double>(sum) / static_cast<double>(seeds); };
    (void)std::printf("a seed has %.1f calls of the library and %.1f actions of peers on average\n",
                      mean(all.operations), mean(all.peer_actions));
    (void)std::printf("%llu seeds from %llu on, no breach, %.1f s, %.0f seeds/s\n",
                      static_cast<unsigned long long>(seeds), static_cast<unsigned long long>(first), time.count(),
                      static_cast<double>(seeds) / time.count());
    return 0;
}
