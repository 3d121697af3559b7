#include "server_report.hpp"

#include <algorithm>
#include <exception>
#include <nlohmann/json.hpp>

#include "common/json.hpp"
#include "common/network.hpp"
#include "common/print.hpp"
#include "text.hpp"

namespace async_perf {

namespace {

std::string direction_of(const served_test& served)
{
    return direction_of(served.asked.test, served.asked.flow, served.both_ways);
}

std::string json(const served_test& served)
{
    tools::json_line line;
    line.add("event", "test").add("client", served.client).add("test", name_of(served.asked.test));
    line.add("direction", direction_of(served)).add("streams", served.streams);
    line.add("message_size", served.asked.message_size).add("bytes", served.total.bytes);
    line.add("operations", served.total.operations).add("seconds", served.total.seconds);
    return line.add("error", served.error.empty() ? nlohmann::ordered_json() : nlohmann::ordered_json(served.error))
        .text();
}

std::string text(const served_test& served)
{
    std::string line = served.client + ", " + name_of(served.asked.test) + ", " + direction_of(served) + ", streams " +
                       std::to_string(served.streams) + ": " + std::to_string(served.total.bytes) + " bytes in " +
                       fixed(served.total.seconds, 2) + " s, " + rate_of(served.asked.test, served.total);
    std::ranges::replace(line, '_', ' ');
    return served.error.empty() ? line : line + "; failed: " + served.error;
}

} // namespace

void server_report::listening(const as::address& at) const
{
    const std::string where = tools::text_of(at);
    if (json_) {
        tools::json_line line;
        tools::print_line(stdout, line.add("event", "listening").add("address", where).add("port", at.port()).text());
    } else {
        tools::print_line(stdout, "listening on " + where);
    }
}

void server_report::test(const served_test& served) const noexcept
try {
    tools::print_line(stdout, json_ ? json(served) : text(served));
} catch (const std::exception&) { // there is no memory: this one is lost
}

void server_report::warning(std::string_view client, std::string_view message) const noexcept
try {
    tools::print_error("async-perf", std::string(client).append(": ").append(message));
} catch (const std::exception&) { // the same
}

} // namespace async_perf
