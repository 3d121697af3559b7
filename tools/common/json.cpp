#include "common/json.hpp"

#include <nlohmann/json.hpp>

namespace tools {

std::string text_of(const nlohmann::ordered_json& document, bool indented)
{
    return document.dump(indented ? 2 : -1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

json_line& json_line::add(std::string_view name, const nlohmann::ordered_json& plain)
{
    text_ += text_.empty() ? "{" : ",";
    text_ += text_of(std::string(name)) + ":" + text_of(plain);
    return *this;
}

} // namespace tools
