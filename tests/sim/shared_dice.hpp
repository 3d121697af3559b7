// One source of choices for all threads of a workload.
#pragma once

#include <cstdint>

#include "decisions.hpp"
#include "model/thread.hpp"

namespace sim {

class shared_dice {
public:
    explicit shared_dice(const decisions& source) : dice_(source) {}

    // 0 to limit - 1
    std::uint32_t below(std::size_t limit)
    {
        const model_lock lock;
        return dice_.below(limit);
    }
    bool one_in(std::uint32_t count) { return below(count) == 0; }
    [[nodiscard]] bool at_end() const
    {
        const model_lock lock;
        return dice_.at_end();
    }

private:
    decisions dice_;
};

} // namespace sim
