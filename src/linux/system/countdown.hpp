// A span of time that began with the construction.
#pragma once

#include <cstdint>
#include <ctime>

namespace async_socket::linux_os {

class countdown {
public:
    explicit countdown(std::uint32_t span_ms) noexcept : end_ns_(now_ns() + span_ms * ns_per_ms) {}

    // Rounded up: 0 means that it is over.
    [[nodiscard]] std::uint32_t left_ms() const noexcept
    {
        const std::uint64_t now = now_ns();
        return now < end_ns_ ? static_cast<std::uint32_t>((end_ns_ - now + ns_per_ms - 1) / ns_per_ms) : 0;
    }

private:
    static constexpr std::uint64_t ns_per_ms = 1'000'000;

    static std::uint64_t now_ns() noexcept
    {
        timespec now{};
        (void)::clock_gettime(CLOCK_MONOTONIC, &now); // cannot fail
        return static_cast<std::uint64_t>(now.tv_sec) * 1000 * ns_per_ms + static_cast<std::uint64_t>(now.tv_nsec);
    }

    std::uint64_t end_ns_;
};

} // namespace async_socket::linux_os
