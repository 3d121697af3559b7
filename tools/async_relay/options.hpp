// What the command line asks for.
#pragma once

#include <chrono>
#include <cstdint>
#include <variant>

#include "common/endpoint.hpp"

namespace async_relay {

struct options {
    tools::endpoint listen;
    tools::endpoint target;
    std::uint32_t threads = 0; // 0: as many as the library thinks right
    std::uint32_t max_connections = 1000;
    std::chrono::milliseconds connect_timeout{10'000};
    std::chrono::milliseconds idle_timeout{0};   // 0: a connection may be silent for ever
    std::chrono::milliseconds stats_interval{0}; // 0: statistics at the end only
    bool json = false;
    bool quiet = false;
};

// The options; or the program's exit code, after it has been said why (or, for --help and --version,
// what).
std::variant<options, int> parse_options(int argc, const char* const* argv);

} // namespace async_relay
