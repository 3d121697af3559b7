#include "common/json.hpp"

#include <nlohmann/json.hpp>

namespace tools {

std::string text_of(const nlohmann::ordered_json& document, bool indented)
{
    return document.dump(indented ? 2 : -1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

} // namespace tools
