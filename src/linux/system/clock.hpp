// Time that only goes forward.
#pragma once

#include <cstdint>
#include <ctime>

namespace async_socket::linux_os {

inline std::uint64_t now_ns() noexcept
{
    constexpr std::uint64_t ns_per_s = 1'000'000'000;
    timespec now{};
    (void)::clock_gettime(CLOCK_MONOTONIC, &now); // cannot fail
    return static_cast<std::uint64_t>(now.tv_sec) * ns_per_s + static_cast<std::uint64_t>(now.tv_nsec);
}

} // namespace async_socket::linux_os
