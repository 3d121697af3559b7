// What a client tells its user in the end: the result on stdout, as text or as one JSON document, an error on stderr
// (and in the document).
#pragma once

#include <string>
#include <vector>

#include "options.hpp"
#include "progress.hpp"

namespace async_perf {

struct stream_result {
    direction flow = direction::client_sends;
    moved part;
};

struct client_result {
    std::string failure;                // empty: a success
    std::vector<stream_result> streams; // empty: it failed before the test began
    moved total;                        // the seconds of the longest
    double cpu_seconds = 0;
    histogram latencies; // of all streams; empty for throughput
    std::vector<interval> intervals;
};

void print_result(const client_options& chosen, const client_result& result);

} // namespace async_perf
