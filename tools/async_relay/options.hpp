// What the command line asks for.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "async_socket/address.hpp"
#include "common/endpoint.hpp"
#include "proxy_header.hpp"

namespace async_relay {

struct options {
    std::vector<tools::endpoint> listen;
    std::vector<tools::endpoint> targets;
    std::vector<tools::endpoint> metrics; // one or none
    as::family family = as::family::none;
    as::address from;          // of no family: the system's choice
    std::uint32_t threads = 0; // 0: as many as the library thinks right
    std::size_t max_connections = 1000;
    std::chrono::milliseconds connect_timeout{10'000};
    std::chrono::milliseconds idle_timeout = std::chrono::milliseconds::max(); // for ever
    std::chrono::milliseconds half_close_timeout{600'000};
    std::chrono::milliseconds drain_timeout{60'000};
    std::chrono::milliseconds stats_interval{0}; // 0: statistics at the end only
    std::uint64_t keep_alive_seconds = 0;        // 0: none
    bool expects_proxy_header = false;
    proxy_version sends_proxy_header = proxy_version::none;
    bool json = false;
    bool quiet = false;
};

// The options; or the program's exit code, after it has been said why (or, for --help and --version,
// what).
std::variant<options, int> parse_options(int argc, const char* const* argv);

} // namespace async_relay
