// Options that only one implementation has.
#pragma once

#include <CLI/CLI.hpp>

namespace bench {

// Called once, before the command line is read. no_options.cpp serves all that have none.
void add_options(CLI::App& app);

} // namespace bench
