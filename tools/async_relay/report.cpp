#include "report.hpp"

#include <algorithm>
#include <cstdio>
#include <exception>
#include <nlohmann/json.hpp>

#include "common/json.hpp"
#include "common/network.hpp"
#include "common/print.hpp"

namespace async_relay {

void report::listening(const as::address& at) const
{
    if (quiet_) {
        return;
    }
    const std::string where = tools::text_of(at);
    if (json_) {
        const nlohmann::ordered_json line = {
            {"event", "listening"}, {"address", where}, {"port", at.port()}, {"target", targets_}};
        tools::print_line(stdout, tools::text_of(line));
    } else {
        tools::print_line(stdout, "listening on " + where + ", relaying to " + targets_);
    }
}

void report::counts(std::size_t open, const counters& counted) const noexcept
try {
    if (quiet_) {
        return;
    }
    const nlohmann::ordered_json counts = {{"open", open},
                                           {"total", counted.total.load()},
                                           {"bytes_to_target", counted.bytes_to_target.load()},
                                           {"bytes_to_client", counted.bytes_to_client.load()},
                                           {"connect_errors", counted.connect_errors.load()},
                                           {"resets", counted.resets.load()},
                                           {"idle", counted.idle.load()},
                                           {"bad_headers", counted.bad_headers.load()},
                                           {"dropped", counted.dropped.load()}};
    if (json_) {
        nlohmann::ordered_json line = {{"event", "stats"}};
        line.update(counts);
        tools::print_line(stdout, line.dump());
        return;
    }
    std::string line;
    for (const auto& [name, count] : counts.items()) {
        line += (line.empty() ? "" : ", ") + name + " " + count.dump();
    }
    std::replace(line.begin(), line.end(), '_', ' ');
    tools::print_line(stdout, line);
} catch (const std::exception&) { // there is no memory: these are lost
}

void report::warning(std::string_view message) const noexcept
{
    if (!quiet_) {
        print_error(message);
    }
}

void print_error(std::string_view message) noexcept
{
    tools::print_error("async-relay", message);
}

} // namespace async_relay
