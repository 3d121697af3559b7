// What went wrong, in words, so that a test and the soak can both use a scenario. Empty: nothing did.
#pragma once

#include <string>

namespace stress {

class problems {
public:
    void require(bool holds, const std::string& otherwise)
    {
        if (!holds) {
            text_ += (text_.empty() ? "" : "; ") + otherwise;
        }
    }
    [[nodiscard]] const std::string& text() const { return text_; }

private:
    std::string text_;
};

} // namespace stress
