// What a client tells its user in the end: the result on stdout, as text or as one JSON document, an
// error on stderr (and in the document).
#pragma once

#include <string>

#include "client_result.hpp"
#include "options.hpp"

namespace async_perf {

void print_result(const client_options& chosen, const client_result& result);
void print_failure(const client_options& chosen, const std::string& reason);

} // namespace async_perf
