// How long things took: a histogram of fixed size, so that recording costs a few instructions and no memory.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>

namespace bench {

// Nanoseconds in buckets that grow with the value: each power of two is split in 32, so a value that is read
// back is wrong by 1.6 % at most.
class latencies {
public:
    void record(std::uint64_t nanoseconds) noexcept
    {
        ++buckets_[bucket_of(std::min(nanoseconds, largest))];
        ++count_;
    }

    void add(const latencies& others) noexcept
    {
        for (std::size_t i = 0; i < buckets_.size(); ++i) {
            buckets_[i] += others.buckets_[i];
        }
        count_ += others.count_;
    }

    [[nodiscard]] std::uint64_t count() const noexcept { return count_; }

    // Nanoseconds that `percent` of the values do not exceed; 0 if there are none.
    [[nodiscard]] double percentile(double percent) const noexcept
    {
        const auto wanted = static_cast<std::uint64_t>(std::ceil(static_cast<double>(count_) * percent / 100));
        std::uint64_t seen = 0;
        for (std::size_t i = 0; i < buckets_.size(); ++i) {
            seen += buckets_[i];
            if (seen != 0 && seen >= wanted) {
                return middle_of(i);
            }
        }
        return 0;
    }

private:
    static constexpr unsigned split_bits = 5;
    static constexpr std::uint64_t split = std::uint64_t{1} << split_bits;
    static constexpr std::uint64_t largest = (std::uint64_t{1} << 40) - 1; // 18 minutes
    static constexpr std::size_t bucket_count = (40 - split_bits + 1) * split;

    // Below `split` each value has its own bucket; above, the leading bits choose.
    static constexpr std::size_t bucket_of(std::uint64_t value) noexcept
    {
        if (value < split) {
            return static_cast<std::size_t>(value);
        }
        const auto shift = static_cast<unsigned>(std::bit_width(value)) - 1 - split_bits;
        return static_cast<std::size_t>(shift * split + (value >> shift));
    }

    static constexpr double middle_of(std::size_t bucket) noexcept
    {
        if (bucket < 2 * split) {
            return static_cast<double>(bucket);
        }
        const std::uint64_t shift = bucket / split - 1;
        const std::uint64_t low = (bucket % split + split) << shift;
        return static_cast<double>(low) + static_cast<double>(std::uint64_t{1} << shift) / 2;
    }

    std::array<std::uint64_t, bucket_count> buckets_{};
    std::uint64_t count_ = 0;
};

} // namespace bench
