// Where a run's choices come from: a seed, or a string of bytes that somebody else makes up (tests/fuzz).
#pragma once

#include <cstddef>
#include <cstdint>

#include "model/random.hpp"

namespace sim {

class decisions {
public:
    explicit decisions(std::uint64_t seed) noexcept : dice_(seed) {}
    // The bytes stay the caller's, who keeps them.
    decisions(const unsigned char* bytes, std::size_t size) noexcept
        : next_(bytes), end_(bytes + size), are_bytes_(true)
    {
    }

    // 0 to limit - 1. Behind the last byte it is always the last: the choices where nothing special happens.
    std::uint32_t below(std::size_t limit) noexcept
    {
        if (!are_bytes_) {
            return dice_.below(limit);
        }
        if (at_end()) {
            return static_cast<std::uint32_t>(limit - 1);
        }
        std::size_t value = *next_++;
        if (limit > 256 && !at_end()) {
            value = value << 8 | *next_++;
        }
        return static_cast<std::uint32_t>(value % limit);
    }
    std::uint32_t between(std::uint32_t low, std::uint32_t high) noexcept { return low + below(high - low + 1); }
    bool one_in(std::uint32_t count) noexcept { return below(count) == 0; }
    // No more bytes; never with a seed.
    [[nodiscard]] bool at_end() const noexcept { return are_bytes_ && next_ == end_; }

private:
    random dice_{0};
    const unsigned char* next_ = nullptr;
    const unsigned char* end_ = nullptr;
    bool are_bytes_ = false;
};

} // namespace sim
