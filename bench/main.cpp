// The main function of all benchmark programs: reads the workload, runs it, prints one line of JSON.
#include <exception>
#include <iostream>
#include <map>
#include <stdexcept>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "options.hpp"
#include "support/processors.hpp"
#include "workload.hpp"

namespace {

constexpr unsigned most_connections = 100000;
constexpr unsigned most_outstanding = 1024;
constexpr unsigned most_loops = 64;
constexpr unsigned longest_ms = 3600000;
constexpr std::uint64_t most_operations = 1'000'000'000;
constexpr std::size_t largest_buffer = std::size_t{1} << 24U;

const std::map<std::string, bench::kind> kinds{{"ping-pong", bench::kind::ping_pong},
                                               {"stream", bench::kind::stream},
                                               {"churn", bench::kind::churn},
                                               {"idle", bench::kind::idle}};

struct command_line {
    bench::workload work;
    std::string kind;
    std::vector<unsigned> processors;
    unsigned warm_up_ms = static_cast<unsigned>(bench::workload{}.warm_up.count());
    unsigned duration_ms = static_cast<unsigned>(bench::workload{}.duration.count());
};

void add_workload_options(CLI::App& app, command_line& line)
{
    bench::workload& work = line.work;
    app.add_option("--kind", line.kind, "what is done")->required()->check(CLI::IsMember(kinds));
    app.add_option("--connections", work.connections, "at once")->check(CLI::Range(1U, most_connections));
    app.add_option("--outstanding", work.outstanding, "sends at once (stream)")
        ->check(CLI::Range(1U, most_outstanding));
    app.add_option("--message", work.message, "bytes of a send")->check(CLI::Range(std::size_t{1}, largest_buffer));
    app.add_option("--receive-buffer", work.receive_buffer, "bytes of a receive")
        ->check(CLI::Range(std::size_t{1}, largest_buffer));
    app.add_option("--loops", work.loops, "event loops, or threads of the pool")->check(CLI::Range(1U, most_loops));
    app.add_option("--processors", line.processors, "N,N..: pinned to these; what others have of them is told")
        ->delimiter(',');
    app.add_option("--operations", work.operations,
                   "of each connection (ping-pong, churn), which ends with the last of them and not by the time")
        ->check(CLI::Range(std::uint64_t{1}, most_operations));
    app.add_option("--warm-up-ms", line.warm_up_ms, "before it counts")->check(CLI::Range(0U, longest_ms));
    app.add_option("--duration-ms", line.duration_ms, "while it counts")->check(CLI::Range(1U, longest_ms));
}

nlohmann::ordered_json report(const bench::result& result)
{
    const auto operations = static_cast<double>(result.operations);
    const double microseconds = 1e-3;
    return {{"operations", result.operations},
            {"bytes", result.bytes},
            {"seconds", result.seconds},
            {"rate", operations / result.seconds},
            {"gigabytes_per_second", static_cast<double>(result.bytes) / result.seconds * 1e-9},
            {"others_seconds", result.others_seconds},
            {"cpu_seconds", result.cpu_seconds},
            {"cpu_seconds_per_million", result.operations == 0 ? 0 : result.cpu_seconds / operations * 1e6},
            {"p50_us", result.round_trips.percentile(50) * microseconds},
            {"p99_us", result.round_trips.percentile(99) * microseconds},
            {"bytes_per_connection", result.bytes_per_connection}};
}

} // namespace

int main(int argc, char** argv)
try {
    command_line line;
    CLI::App app{"One workload on loopback, client and server in this process; prints one line of JSON."};
    add_workload_options(app, line);
    bench::add_options(app);
    CLI11_PARSE(app, argc, argv);
    line.work.what = kinds.at(line.kind);
    if (line.work.operations != 0 && line.work.what != bench::kind::ping_pong && line.work.what != bench::kind::churn) {
        throw std::invalid_argument("--operations is for ping-pong and churn");
    }
    line.work.warm_up = std::chrono::milliseconds(line.warm_up_ms);
    line.work.duration = std::chrono::milliseconds(line.duration_ms);
    bench::watch_processors(line.processors);
    std::cout << report(bench::run(line.work)).dump() << '\n';
    return 0;
} catch (const std::exception& error) {
    std::cerr << argv[0] << ": " << error.what() << '\n';
    return 1;
}
