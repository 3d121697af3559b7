// JSON as the programs print it.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>

namespace tools {

// Whatever is in it: a name may be no UTF-8, which JSON has to be. One line, or several that are indented.
std::string text_of(const nlohmann::ordered_json& document, bool indented = false);

// An object of texts, numbers and the like, on one line. The library's own objects need memory to go away, and end the
// program if there is none; this one throws, like any text.
class json_line {
public:
    json_line& add(std::string_view name, const nlohmann::ordered_json& plain);
    [[nodiscard]] std::string text() const { return text_ + "}"; }

private:
    std::string text_;
};

} // namespace tools
