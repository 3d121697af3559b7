// The addresses of a race, in the order in which they are tried, and what is under way for each: one block of memory,
// of the size that the name needs. The caller could not give it: nobody knows before how many addresses a name has, and
// room for the most there may be would be thirty times what is usual. Beside a socket and a way to the peer and back
// one block for each connect is not felt.
#pragma once

#include <cstdint>
#include <span>

#include "async_socket/address.h"
#include "async_socket/operation.h"
#include "core/connect/race.hpp"

namespace async_socket::core {

class socket;

// One of the addresses.
struct runner {
    as_operation operation; // its attempt's; first, so that each of the two can be had from the other
    socket* connected;      // once the attempt is done
    as_address address;
};

class field {
public:
    static constexpr std::uint32_t most = 64;

    // Of at least one address and at most `most`. Null when memory is out.
    [[nodiscard]] static field* create(std::span<const as_address> addresses, std::uint64_t delay_ns) noexcept;
    static void destroy(field* field) noexcept;

    field(const field&) = delete;
    field& operator=(const field&) = delete;

    [[nodiscard]] core::race& race() noexcept { return race_; }
    [[nodiscard]] runner& at(std::uint32_t place) noexcept { return runners_[place]; }
    // How its attempt ended.
    [[nodiscard]] const outcome& outcome_of(std::uint32_t place) const noexcept { return attempts_[place].outcome(); }
    [[nodiscard]] std::uint32_t place_of(as_operation* attempt) const noexcept
    {
        return static_cast<std::uint32_t>(reinterpret_cast<runner*>(attempt) - runners_.data());
    }
    // For the wait until the next one starts.
    [[nodiscard]] as_operation& timer() noexcept { return timer_; }

private:
    // Behind it in memory.
    field(std::span<runner> runners, std::span<core::race::attempt> attempts, std::uint64_t delay_ns) noexcept
        : runners_(runners), attempts_(attempts), race_(attempts, delay_ns)
    {
    }

    const std::span<runner> runners_;
    const std::span<core::race::attempt> attempts_;
    core::race race_;
    as_operation timer_{};
};

} // namespace async_socket::core
