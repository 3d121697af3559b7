// What a run finds wrong. Success is asked for only when nothing was planned to fail.
#pragma once

#include <string>

#include "faulty_calls.hpp"

namespace faults {

class verdict {
public:
    void require(bool holds, const std::string& what)
    {
        if (!holds) {
            text_ += what + "\n";
        }
    }
    // A step of the library's may fail once, by the planned fault, and then has to work.
    template <typename Step>
    bool works_at_last(const std::string& what, Step step)
    {
        const bool was_struck = has_struck();
        if (step()) {
            return true;
        }
        require(!was_struck && has_struck(), what + ": fails without a fault");
        const bool works = step();
        require(works, what + ": does not work after a fault");
        return works;
    }
    [[nodiscard]] const std::string& text() const { return text_; }

private:
    std::string text_;
};

} // namespace faults
