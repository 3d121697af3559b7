#include "report.hpp"

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <exception>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>

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
    const std::pair<const char*, std::uint64_t> counts[] = {{"open", open},
                                                            {"total", counted.total},
                                                            {"bytes_to_target", counted.bytes_to_target},
                                                            {"bytes_to_client", counted.bytes_to_client},
                                                            {"connect_errors", counted.connect_errors},
                                                            {"resets", counted.resets},
                                                            {"idle", counted.idle},
                                                            {"bad_headers", counted.bad_headers},
                                                            {"dropped", counted.dropped}};
    tools::json_line json;
    json.add("event", "stats");
    std::string text;
    for (const auto& [name, count] : counts) {
        json.add(name, count);
        text += (text.empty() ? "" : ", ") + std::string(name) + " " + std::to_string(count);
    }
    std::replace(text.begin(), text.end(), '_', ' ');
    tools::print_line(stdout, json_ ? json.text() : text);
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
