// What the command line asks for.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>

#include "async_socket/completion_mode.h"
#include "c_pal/execution_engine.h"
#include "protocol.hpp"

namespace async_perf {

// Of both ends.
struct common_options {
    std::uint16_t port = 5201;
    std::optional<EXECUTION_ENGINE_PARAMETERS> engine; // nothing: the library's choice
    ASYNC_SOCKET_COMPLETION_MODE mode = ASYNC_SOCKET_COMPLETION_DOCUMENTED;
    bool json = false;
};

struct server_options : common_options {
    std::string bind; // empty: all interfaces
    bool one_off = false;
};

struct client_options : common_options {
    std::string host;
    request test;
    std::chrono::milliseconds interval{1000};
    bool quiet = false;
};

// The options; or the program's exit code, after it has been said why (or, for --help and --version,
// what).
std::variant<server_options, client_options, int> parse_options(int argc, const char* const* argv);

} // namespace async_perf
