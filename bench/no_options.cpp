#include "options.hpp"

namespace bench {

void add_options(CLI::App& /*app*/) {}

} // namespace bench
