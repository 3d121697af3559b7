// A seeded generator, small and the same on every machine.
#pragma once

#include <cstdint>

namespace sim {

class random {
public:
    explicit random(std::uint64_t seed) noexcept : state_(seed) {}

    std::uint64_t next() noexcept
    {
        state_ += 0x9E3779B97F4A7C15U;
        std::uint64_t mixed = state_;
        mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9U;
        mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EBU;
        return mixed ^ (mixed >> 31);
    }
    // 0 to limit - 1
    std::uint32_t below(std::size_t limit) noexcept
    {
        return static_cast<std::uint32_t>(((next() >> 32) * static_cast<std::uint64_t>(limit)) >> 32);
    }
    std::uint32_t between(std::uint32_t low, std::uint32_t high) noexcept { return low + below(high - low + 1); }
    // 0: never
    bool one_in(std::uint32_t count) noexcept { return count != 0 && below(count) == 0; }

private:
    std::uint64_t state_;
};

} // namespace sim
