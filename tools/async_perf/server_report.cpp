#include "server_report.hpp"

#include <nlohmann/json.hpp>

#include "common/print.hpp"
#include "names.hpp"
#include "text.hpp"

namespace async_perf {

namespace {

using nlohmann::ordered_json;

ordered_json document(const served_test& served)
{
    ordered_json line = {{"event", "test"},
                         {"client", to_string(served.client)},
                         {"test", name_of(served.asked.test)},
                         {"direction", name_of(served.asked)},
                         {"streams", served.streams},
                         {"message_size", served.asked.message_size},
                         {"bytes", served.bytes},
                         {"operations", served.operations},
                         {"seconds", served.seconds},
                         {"error", nullptr}};
    if (!served.error.empty()) {
        line["error"] = served.error;
    }
    return line;
}

std::string text(const served_test& served)
{
    std::string line = to_string(served.client) + ", " + name_of(served.asked.test) + ", " + name_of(served.asked) +
                       ", streams " + std::to_string(served.streams) + ": " + std::to_string(served.bytes) +
                       " bytes in " + fixed(served.seconds, 2) + " s, ";
    std::ranges::replace(line, '_', ' ');
    line +=
        served.asked.test == kind::throughput
            ? fixed(gbit_per_second(static_cast<double>(served.bytes), served.seconds), 3) + " Gbit/s"
            : fixed(per_second(static_cast<double>(served.operations), served.seconds), 0) + " round trips a second";
    return served.error.empty() ? line : line + "; failed: " + served.error;
}

} // namespace

void server_report::listening(const tools::endpoint& address) const
{
    if (json_) {
        const ordered_json line = {{"event", "listening"}, {"address", to_string(address)}, {"port", address.port}};
        tools::print_line(stdout, line.dump());
    } else {
        tools::print_line(stdout, "listening on " + to_string(address));
    }
}

void server_report::test(const served_test& served) const
{
    tools::print_line(stdout, json_ ? document(served).dump() : text(served));
}

void server_report::warning(const tools::endpoint& client, const std::string& message) const
{
    tools::print_error("async-perf", to_string(client) + ": " + message);
}

} // namespace async_perf
