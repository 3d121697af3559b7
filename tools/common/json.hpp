// JSON as the programs print it.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

namespace tools {

// Whatever is in it: a name may be no UTF-8, which JSON has to be. One line, or several that are indented.
std::string text_of(const nlohmann::ordered_json& document, bool indented = false);

} // namespace tools
