#include "linux/system/clock.hpp"

#include "core/platform/clock.hpp"

namespace async_socket {

std::uint64_t linux_os::read_ns(clockid_t clock) noexcept
{
    constexpr std::uint64_t ns_per_s = 1'000'000'000;
    timespec now{};
    (void)::clock_gettime(clock, &now);
    return static_cast<std::uint64_t>(now.tv_sec) * ns_per_s + static_cast<std::uint64_t>(now.tv_nsec);
}

std::uint64_t backend::now_ns() noexcept
{
    return linux_os::read_ns(CLOCK_MONOTONIC);
}

} // namespace async_socket
