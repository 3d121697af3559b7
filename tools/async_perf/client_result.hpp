// What a test has come to.
#pragma once

#include <chrono>
#include <cstdint>
#include <vector>

#include "histogram.hpp"

namespace async_perf {

struct stream_result {
    std::uint64_t bytes = 0;
    std::uint64_t operations = 0;
    double seconds = 0;
};

struct client_result {
    std::vector<stream_result> streams;
    stream_result total; // the seconds of the longest
    double cpu_seconds = 0;
    histogram latencies; // of all streams; empty for throughput
};

} // namespace async_perf
