// What the programs' command lines have in common.
#pragma once

#include <CLI/CLI.hpp>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "async_socket/address.hpp"
#include "common/endpoint.hpp"

namespace tools {

// An option with a number of seconds, from 0.001 to a week.
CLI::Option* add_seconds(CLI::App& app, const std::string& name, std::chrono::milliseconds& value,
                         const std::string& help);

// An option with an endpoint, which may be there several times.
CLI::Option* add_endpoints(CLI::App& app, const std::string& name, std::vector<endpoint>& value, purpose wanted,
                           const std::string& help);

// An option with a number that may have K, M, G or T behind it, which stand for multiples of the unit, 1000 or 1024.
struct scaled {
    std::uint64_t unit;
    std::uint64_t least;
    std::uint64_t most;
};
CLI::Option* add_scaled(CLI::App& app, const std::string& name, std::uint64_t& value, const scaled& allowed,
                        const std::string& help);

// What is wrong with the text of a numeric address; empty if it is one.
std::string check_address(const std::string& text);

// An option with a numeric address of this machine.
CLI::Option* add_address(CLI::App& app, const std::string& name, as::address& value, const std::string& help);

// -4 and -6; --keepalive.
void add_family(CLI::App& app, as::family& value, const std::string& where);
void add_keep_alive(CLI::App& app, std::uint64_t& seconds);

// --help and --version, which says the version of the whole project.
void add_help_and_version(CLI::App& app);

// "Bad arguments" as all programs tell it: one line, and the exit code for it.
int refuse(const CLI::App& app, const std::string& reason);

// Nothing, if the program can go on; otherwise its exit code, after the user has been told.
std::optional<int> parse(CLI::App& app, int argc, const char* const* argv);

} // namespace tools
