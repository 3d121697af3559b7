// One generator for all threads of a workload.
#pragma once

#include <cstdint>

#include "model/random.hpp"
#include "model/thread.hpp"

namespace sim {

class shared_dice {
public:
    explicit shared_dice(std::uint64_t seed) : dice_(seed) {}

    // 0 to limit - 1
    std::uint32_t below(std::size_t limit)
    {
        const model_lock lock;
        return dice_.below(limit);
    }
    bool one_in(std::uint32_t count) { return below(count) == 0; }

private:
    random dice_;
};

} // namespace sim
