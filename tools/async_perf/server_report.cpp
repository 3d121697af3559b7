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

using nlohmann::ordered_json;

std::string direction_of(const served_test& served)
{
    return direction_of(served.asked.test, served.asked.flow, served.both_ways);
}

ordered_json document(const served_test& served)
{
    const bool failed = !served.error.empty();
    return {{"event", "test"},
            {"client", served.client},
            {"test", name_of(served.asked.test)},
            {"direction", direction_of(served)},
            {"streams", served.streams},
            {"message_size", served.asked.message_size},
            {"bytes", served.total.bytes},
            {"operations", served.total.operations},
            {"seconds", served.total.seconds},
            {"error", failed ? ordered_json(served.error) : ordered_json(nullptr)}};
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
        const ordered_json line = {{"event", "listening"}, {"address", where}, {"port", at.port()}};
        tools::print_line(stdout, tools::text_of(line));
    } else {
        tools::print_line(stdout, "listening on " + where);
    }
}

void server_report::test(const served_test& served) const noexcept
try {
    tools::print_line(stdout, json_ ? tools::text_of(document(served)) : text(served));
} catch (const std::exception&) { // there is no memory: this one is lost
}

void server_report::warning(std::string_view client, std::string_view message) const
{
    tools::print_error("async-perf", std::string(client).append(": ").append(message));
}

} // namespace async_perf
