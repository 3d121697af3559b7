#include "client_report.hpp"

#include <nlohmann/json.hpp>

#include "common/print.hpp"
#include "names.hpp"
#include "text.hpp"

namespace async_perf {

namespace {

using nlohmann::ordered_json;

double microseconds(std::chrono::nanoseconds time)
{
    return static_cast<double>(time.count()) / 1e3;
}

// How fast it was, under the name that this kind of test has for it.
ordered_json with_rate(ordered_json object, kind test, const stream_result& part)
{
    if (test == kind::throughput) {
        object["gbit_per_second"] = gbit_per_second(static_cast<double>(part.bytes), part.seconds);
    } else {
        object["round_trips_per_second"] = per_second(static_cast<double>(part.operations), part.seconds);
    }
    return object;
}

ordered_json counts(const stream_result& part)
{
    return {{"bytes", part.bytes}, {"operations", part.operations}, {"seconds", part.seconds}};
}

ordered_json document(const client_options& chosen, const client_result& result)
{
    const request& test = chosen.test;
    ordered_json whole = {{"host", chosen.host},
                          {"port", chosen.port},
                          {"test", name_of(test.test)},
                          {"direction", name_of(test)},
                          {"streams", test.streams},
                          {"message_size", test.message_size},
                          {"outstanding", test.outstanding},
                          {"completion_mode", name_of(chosen.mode)}};
    whole.update(counts(result.total));
    whole["cpu_seconds"] = result.cpu_seconds;
    whole = with_rate(std::move(whole), test.test, result.total);
    if (test.test == kind::ping_pong) {
        whole["latency_microseconds"] = {{"p50", microseconds(result.latencies.percentile(50))},
                                         {"p99", microseconds(result.latencies.percentile(99))},
                                         {"max", microseconds(result.latencies.max())}};
    }
    whole["per_stream"] = ordered_json::array();
    for (const stream_result& each : result.streams) {
        whole["per_stream"].push_back(with_rate(counts(each), test.test, each));
    }
    return whole;
}

std::string line(kind test, const std::string& title, const stream_result& part)
{
    const std::string begin =
        title + ": " + std::to_string(part.bytes) + " bytes in " + fixed(part.seconds, 2) + " s, ";
    if (test == kind::throughput) {
        return begin + fixed(gbit_per_second(static_cast<double>(part.bytes), part.seconds), 3) + " Gbit/s, " +
               std::to_string(part.operations) + " operations";
    }
    return begin + std::to_string(part.operations) + " round trips, " +
           fixed(per_second(static_cast<double>(part.operations), part.seconds), 0) + " a second";
}

void print_text(const client_options& chosen, const client_result& result)
{
    const kind test = chosen.test.test;
    if (result.streams.size() > 1) {
        for (std::size_t i = 0; i < result.streams.size(); ++i) {
            tools::print_line(stdout, line(test, "stream " + std::to_string(i + 1), result.streams[i]));
        }
    }
    tools::print_line(stdout, line(test, "total", result.total) + ", " + fixed(result.cpu_seconds, 2) + " s of CPU");
    if (test == kind::ping_pong) {
        tools::print_line(stdout, "latency: p50 " + fixed(microseconds(result.latencies.percentile(50)), 1) +
                                      " us, p99 " + fixed(microseconds(result.latencies.percentile(99)), 1) +
                                      " us, max " + fixed(microseconds(result.latencies.max()), 1) + " us");
    }
}

} // namespace

void print_result(const client_options& chosen, const client_result& result)
{
    if (chosen.json) {
        tools::print_line(stdout, document(chosen, result).dump(2));
    } else {
        print_text(chosen, result);
    }
}

void print_failure(const client_options& chosen, const std::string& reason)
{
    tools::print_error("async-perf", reason);
    if (chosen.json) {
        tools::print_line(stdout, ordered_json{{"error", reason}}.dump(2));
    }
}

} // namespace async_perf
