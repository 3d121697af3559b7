// What the programs' command lines have in common.
#pragma once

#include <CLI/CLI.hpp>
#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "common/endpoint.hpp"

namespace tools {

// An option with a number of seconds, from 0.001 to a week.
CLI::Option* add_seconds(CLI::App& app, const std::string& name, std::chrono::milliseconds& value,
                         const std::string& help);

// An option with an endpoint, which may be there several times.
CLI::Option* add_endpoints(CLI::App& app, const std::string& name, std::vector<endpoint>& value, purpose wanted,
                           const std::string& help);

// --help and --version, which says the version of the whole project.
void add_help_and_version(CLI::App& app);

// "Bad arguments" as all programs tell it: one line, and the exit code for it.
int refuse(const CLI::App& app, const std::string& reason);

// Nothing, if the program can go on; otherwise its exit code, after the user has been told.
std::optional<int> parse(CLI::App& app, int argc, const char* const* argv);

} // namespace tools
