#include "histogram.hpp"

#include <algorithm>
#include <bit>
#include <cmath>

namespace async_perf {

void histogram::record(std::chrono::nanoseconds duration)
{
    const auto nanoseconds = static_cast<std::uint64_t>(std::max<std::int64_t>(duration.count(), 0));
    ++buckets_.at(bucket_of(nanoseconds));
    ++count_;
    max_ = std::max(max_, nanoseconds);
}

void histogram::add(const histogram& other)
{
    std::ranges::transform(buckets_, other.buckets_, buckets_.begin(), std::plus<>());
    count_ += other.count_;
    max_ = std::max(max_, other.max_);
}

std::chrono::nanoseconds histogram::percentile(double percent) const
{
    const auto wanted = static_cast<std::uint64_t>(std::ceil(static_cast<double>(count_) * percent / 100));
    std::uint64_t passed = 0;
    for (std::size_t bucket = 0; bucket < buckets_.size(); ++bucket) {
        passed += buckets_.at(bucket);
        if (passed >= wanted) {
            return std::chrono::nanoseconds(std::min(longest_in(bucket), max_));
        }
    }
    return max();
}

std::size_t histogram::bucket_of(std::uint64_t nanoseconds)
{
    if (nanoseconds < group_size) {
        return static_cast<std::size_t>(nanoseconds);
    }
    // The highest bit says the group, the group_bits bits below it the bucket in the group.
    const auto shift = static_cast<unsigned>(std::bit_width(nanoseconds)) - 1 - group_bits;
    return (shift + 1) * group_size + static_cast<std::size_t>(nanoseconds >> shift) - group_size;
}

std::uint64_t histogram::longest_in(std::size_t bucket)
{
    if (bucket < group_size) {
        return bucket;
    }
    const auto shift = static_cast<unsigned>(bucket / group_size) - 1;
    const std::uint64_t first = (bucket % group_size + group_size) << shift;
    return first + ((std::uint64_t{1} << shift) - 1);
}

} // namespace async_perf
