#include "report.hpp"

#include <algorithm>
#include <cstdio>
#include <nlohmann/json.hpp>

#include "common/print.hpp"

namespace async_relay {

void report::listening(const tools::endpoint& address, const tools::endpoint& target) const
{
    if (quiet_) {
        return;
    }
    if (json_) {
        const nlohmann::ordered_json line = {{"event", "listening"},
                                             {"address", to_string(address)},
                                             {"port", address.port},
                                             {"target", to_string(target)}};
        tools::print_line(stdout, line.dump());
    } else {
        tools::print_line(stdout, "listening on " + to_string(address) + ", relaying to " + to_string(target));
    }
}

void report::counts(std::size_t open, const statistics& counted) const
{
    if (quiet_) {
        return;
    }
    const nlohmann::ordered_json counts = {{"open", open},
                                           {"total", counted.total.load()},
                                           {"bytes_to_target", counted.bytes_to_target.load()},
                                           {"bytes_to_client", counted.bytes_to_client.load()},
                                           {"connect_errors", counted.connect_errors.load()},
                                           {"resets", counted.resets.load()}};
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
}

void report::warning(std::string_view message) const
{
    if (!quiet_) {
        print_error(message);
    }
}

void print_error(std::string_view message)
{
    tools::print_error("async-relay", message);
}

} // namespace async_relay
