// Until when something may take: a point in time, never a length. One that was set at the beginning passes through all
// that follows.
//
//     co_await peer.receive(room, as::within(30s))
#pragma once

#include <cstdint>

#include "async_socket/deadline.h"
#include "async_socket/detail/face.hpp"

namespace as {
inline namespace ASYNC_SOCKET_FACE {

// What std::chrono's lengths have. Their header is not needed here, and long.
template <typename Length>
concept duration = requires(const Length& length)
{
    length.count();
    Length::period::num;
    Length::period::den;
};

class deadline {
public:
    // Never: it may take for ever.
    constexpr deadline() noexcept = default;
    // Of the clock of as_now.
    explicit constexpr deadline(as_deadline ns) noexcept : ns_(ns) {}

    [[nodiscard]] constexpr as_deadline ns() const noexcept { return ns_; }
    [[nodiscard]] bool is_over() const noexcept { return ns_ != AS_NEVER && as_now() >= ns_; }

    friend constexpr bool operator==(deadline one, deadline other) noexcept = default;
    [[nodiscard]] friend constexpr deadline earlier(deadline one, deadline other) noexcept
    {
        return one.ns_ < other.ns_ ? one : other;
    }

private:
    as_deadline ns_ = AS_NEVER;
};

inline constexpr deadline never{};

namespace detail {

// A unit of a length in nanoseconds, as a fraction in its lowest terms.
template <duration Length>
struct unit_in_ns {
    static constexpr std::uint64_t ns_per_second = 1'000'000'000;

    static constexpr std::uint64_t common(std::uint64_t one, std::uint64_t other)
    {
        return other == 0 ? one : common(other, one % other);
    }

    static constexpr std::uint64_t shared = common(ns_per_second, static_cast<std::uint64_t>(Length::period::den));
    static constexpr std::uint64_t numerator =
        static_cast<std::uint64_t>(Length::period::num) * (ns_per_second / shared);
    static constexpr std::uint64_t denominator = static_cast<std::uint64_t>(Length::period::den) / shared;
};

} // namespace detail

// Nanoseconds, rounded up; of a length below 0 it is 0, and of one that is too long for the clock AS_NEVER.
template <duration Length>
[[nodiscard]] constexpr std::uint64_t ns_of(const Length& length) noexcept
{
    using unit = detail::unit_in_ns<Length>;
    const auto count = length.count();
    if (!(count > 0)) {
        return 0;
    }
    if constexpr (static_cast<decltype(count)>(1) / 2 == 0) { // whole numbers
        const auto units = static_cast<std::uint64_t>(count);
        const std::uint64_t whole = units / unit::denominator;
        const std::uint64_t rest =
            (units % unit::denominator * unit::numerator + unit::denominator - 1) / unit::denominator;
        return whole > (AS_NEVER - rest) / unit::numerator ? AS_NEVER : whole * unit::numerator + rest;
    } else {
        constexpr double too_long = 1.8e19;
        constexpr double ns_of_one = static_cast<double>(unit::numerator) / static_cast<double>(unit::denominator);
        if (static_cast<double>(count) >= too_long / ns_of_one) {
            return AS_NEVER;
        }
        const double ns = static_cast<double>(count) * ns_of_one;
        const auto whole = static_cast<std::uint64_t>(ns);
        return static_cast<double>(whole) < ns ? whole + 1 : whole;
    }
}

// So long from now.
template <duration Length>
[[nodiscard]] deadline within(const Length& length) noexcept
{
    const std::uint64_t now = as_now();
    const std::uint64_t ns = ns_of(length);
    return deadline(ns < AS_NEVER - now ? now + ns : AS_NEVER);
}

} // namespace ASYNC_SOCKET_FACE
} // namespace as
