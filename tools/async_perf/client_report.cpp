#include "client_report.hpp"

#include <nlohmann/json.hpp>
#include <utility>

#include "common/json.hpp"
#include "common/print.hpp"
#include "text.hpp"

namespace async_perf {

namespace {

using nlohmann::ordered_json;

double microseconds(std::chrono::nanoseconds time)
{
    return static_cast<double>(time.count()) / 1e3;
}

ordered_json counts(const moved& part)
{
    return {{"bytes", part.bytes}, {"operations", part.operations}, {"seconds", part.seconds}};
}

ordered_json streams_of(kind test, const client_result& result)
{
    ordered_json all = ordered_json::array();
    for (const stream_result& each : result.streams) {
        ordered_json one = counts(each.part);
        add_rate(one, test, each.part);
        one["direction"] = direction_of(test, each.flow, false);
        all.push_back(std::move(one));
    }
    return all;
}

ordered_json intervals_of(kind test, const client_result& result)
{
    ordered_json all = ordered_json::array();
    for (const interval& each : result.intervals) {
        ordered_json one = {{"begin", each.begin}};
        one.update(counts(each.part));
        add_rate(one, test, each.part);
        all.push_back(std::move(one));
    }
    return all;
}

ordered_json document(const client_options& chosen, const client_result& result)
{
    const request& test = chosen.test;
    ordered_json whole = {{"host", chosen.target.path.empty() ? chosen.target.host : to_string(chosen.target)},
                          {"port", chosen.target.port},
                          {"test", name_of(test.test)},
                          {"direction", direction_of(test.test, test.flow, chosen.both_ways)},
                          {"streams", result.streams.size()},
                          {"message_size", test.message_size},
                          {"outstanding", test.outstanding}};
    whole.update(counts(result.total));
    whole["cpu_seconds"] = result.cpu_seconds;
    add_rate(whole, test.test, result.total);
    if (test.test == kind::ping_pong) {
        whole["latency_microseconds"] = {{"p50", microseconds(result.latencies.percentile(50))},
                                         {"p99", microseconds(result.latencies.percentile(99))},
                                         {"max", microseconds(result.latencies.max())}};
    }
    whole["per_stream"] = streams_of(test.test, result);
    whole["intervals"] = intervals_of(test.test, result);
    return whole;
}

std::string line(kind test, const std::string& title, const moved& part)
{
    const std::string begin =
        title + ": " + std::to_string(part.bytes) + " bytes in " + fixed(part.seconds, 2) + " s, ";
    if (test == kind::throughput) {
        return begin + rate_of(test, part) + ", " + std::to_string(part.operations) + " operations";
    }
    return begin + std::to_string(part.operations) + " round trips, " +
           fixed(per_second(part.operations, part.seconds), 0) + " a second";
}

std::string text(const client_options& chosen, const client_result& result)
{
    const kind test = chosen.test.test;
    std::string all;
    for (std::size_t i = 0; i < result.streams.size() && result.streams.size() > 1; ++i) {
        const bool is_back = chosen.both_ways && result.streams[i].flow == direction::server_sends;
        const std::string title = "stream " + std::to_string(i + 1) + (is_back ? ", back" : "");
        all += line(test, title, result.streams[i].part) + "\n";
    }
    all += line(test, "total", result.total) + ", " + fixed(result.cpu_seconds, 2) + " s of CPU\n";
    if (test == kind::ping_pong) {
        all += "latency: p50 " + fixed(microseconds(result.latencies.percentile(50)), 1) + " us, p99 " +
               fixed(microseconds(result.latencies.percentile(99)), 1) + " us, max " +
               fixed(microseconds(result.latencies.max()), 1) + " us\n";
    }
    return all;
}

} // namespace

void print_result(const client_options& chosen, const client_result& result)
{
    if (chosen.json) {
        ordered_json whole = result.streams.empty() ? ordered_json::object() : document(chosen, result);
        whole["error"] = result.failure.empty() ? ordered_json(nullptr) : ordered_json(result.failure);
        tools::print_line(stdout, tools::text_of(whole, true));
    } else if (!result.streams.empty()) {
        tools::print(stdout, text(chosen, result)); // in one piece, so that all of it comes, or nothing
    }
    if (!result.failure.empty()) {
        tools::print_error("async-perf", result.failure);
    }
}

} // namespace async_perf
