// sim_free_threads [--first S] [--seconds N]: the random workload on real threads, for the sanitizers.
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "workload.hpp"

int main(int count, char** arguments)
{
    std::uint64_t seed = 1;
    std::uint64_t seconds = 10;
    for (int i = 1; i < count; ++i) {
        if (std::strcmp(arguments[i], "--first") == 0 && i + 1 < count) {
            seed = std::strtoull(arguments[++i], nullptr, 10);
        } else if (std::strcmp(arguments[i], "--seconds") == 0 && i + 1 < count) {
            seconds = std::strtoull(arguments[++i], nullptr, 10);
        } else {
            (void)std::fprintf(stderr, "usage: %s [--first S] [--seconds N]\n", arguments[0]);
            return 2;
        }
    }
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(seconds);
    std::uint64_t runs = 0;
    while (std::chrono::steady_clock::now() < end) {
        (void)sim::run_workload(seed++, {});
        ++runs;
    }
    (void)std::printf("%llu runs on free threads, no breach\n", static_cast<unsigned long long>(runs));
    return 0;
}
