// A span of time that began with the construction.
#pragma once

#include <cstdint>

#include "core/platform/clock.hpp"

namespace async_socket::core {

class countdown {
public:
    explicit countdown(std::uint32_t span_ms) noexcept : end_ns_(backend::now_ns() + span_ms * ns_per_ms) {}

    // Rounded up: 0 means that it is over.
    [[nodiscard]] std::uint32_t left_ms() const noexcept
    {
        const std::uint64_t now = backend::now_ns();
        return now < end_ns_ ? static_cast<std::uint32_t>((end_ns_ - now + ns_per_ms - 1) / ns_per_ms) : 0;
    }

private:
    static constexpr std::uint64_t ns_per_ms = 1'000'000;

    std::uint64_t end_ns_;
};

} // namespace async_socket::core
