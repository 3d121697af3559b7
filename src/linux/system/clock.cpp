#include "linux/system/clock.hpp"

#include "core/common/hot_path.hpp"
#include "core/platform/clock.hpp"

namespace async_socket {

namespace {

[[nodiscard]] std::uint64_t in_ns(const timespec& time) noexcept
{
    constexpr std::uint64_t ns_per_s = 1'000'000'000;
    return static_cast<std::uint64_t>(time.tv_sec) * ns_per_s + static_cast<std::uint64_t>(time.tv_nsec);
}

} // namespace

std::uint64_t linux_os::read_ns(clockid_t clock) noexcept
{
    timespec time{};
    (void)::clock_gettime(clock, &time);
    return in_ns(time);
}

ASYNC_SOCKET_UNGUARDED std::uint64_t backend::now_ns() noexcept
{
    timespec now;
    (void)::clock_gettime(CLOCK_MONOTONIC, &now); // every system has this clock
    return in_ns(now);
}

} // namespace async_socket
