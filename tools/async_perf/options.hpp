// What the command line asks for.
#pragma once

#include <chrono>
#include <cstdint>
#include <variant>

#include "async_socket/address.hpp"
#include "async_socket/engine.hpp"
#include "common/endpoint.hpp"
#include "protocol.hpp"

namespace async_perf {

// Of both ends.
struct common_options {
    as::engine_options engine;
    as::family family = as::family::none;
    std::uint64_t keep_alive_seconds = 0; // 0: none
    bool json = false;
};

struct server_options : common_options {
    tools::endpoint where;
    bool one_off = false;
};

struct client_options : common_options {
    tools::endpoint target;
    as::address from; // of no family: the system's choice
    request test;
    bool both_ways = false; // each stream of the test once more, back
    std::chrono::milliseconds interval{1000};
    bool quiet = false;
};

// The options; or the program's exit code, after it has been said why (or, for --help and --version, what).
std::variant<server_options, client_options, int> parse_options(int argc, const char* const* argv);

} // namespace async_perf
