// Time that only goes forward: the system's, and what a thread has had of the processors.
#pragma once

#include <cstdint>
#include <ctime>

namespace async_socket::linux_os {

// 0 for the clock of a thread that has ended.
inline std::uint64_t read_ns(clockid_t clock) noexcept
{
    constexpr std::uint64_t ns_per_s = 1'000'000'000;
    timespec now{};
    (void)::clock_gettime(clock, &now);
    return static_cast<std::uint64_t>(now.tv_sec) * ns_per_s + static_cast<std::uint64_t>(now.tv_nsec);
}

inline std::uint64_t now_ns() noexcept
{
    return read_ns(CLOCK_MONOTONIC);
}

} // namespace async_socket::linux_os
