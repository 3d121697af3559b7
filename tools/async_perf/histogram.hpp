// Durations, counted in buckets that are at most 1/64 wide of what is in them: many need no more memory than a few.
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>

namespace async_perf {

class histogram {
public:
    void record(std::chrono::nanoseconds duration);
    void add(const histogram& other);

    [[nodiscard]] std::uint64_t count() const { return count_; }
    // So long or shorter was that share of the durations; 0 without any.
    [[nodiscard]] std::chrono::nanoseconds percentile(double percent) const;
    [[nodiscard]] std::chrono::nanoseconds max() const { return std::chrono::nanoseconds(max_); }

private:
    // The first two groups are exact; each further one stands for durations twice as long.
    static constexpr unsigned group_bits = 6;
    static constexpr std::size_t group_size = std::size_t{1} << group_bits;
    static constexpr std::size_t groups = 64 - group_bits + 1;

    static std::size_t bucket_of(std::uint64_t nanoseconds);
    static std::uint64_t longest_in(std::size_t bucket);

    std::array<std::uint64_t, groups * group_size> buckets_{};
    std::uint64_t count_ = 0;
    std::uint64_t max_ = 0;
};

} // namespace async_perf
