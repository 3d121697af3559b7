#include <cstdint>

#include "core/platform/system_socket.hpp"

namespace async_socket::core {

namespace {

constexpr std::uint64_t most_seconds = 32767; // that Linux takes for a keepalive
constexpr std::uint64_t most_questions = 127;
constexpr std::uint64_t most_lingering = 65535; // Windows has 16 bits for it

} // namespace

bool is_in_range(as_option option, std::uint64_t value) noexcept
{
    switch (option) {
    case AS_OPTION_NO_DELAY:
    case AS_OPTION_KEEP_ALIVE:
        return value <= 1;
    case AS_OPTION_KEEP_ALIVE_IDLE:
    case AS_OPTION_KEEP_ALIVE_INTERVAL:
        return value >= 1 && value <= most_seconds;
    case AS_OPTION_KEEP_ALIVE_COUNT:
        return value >= 1 && value <= most_questions;
    case AS_OPTION_SEND_BUFFER:
    case AS_OPTION_RECEIVE_BUFFER:
    case AS_OPTION_UNSENT_LOW_WATER:
        return value >= 1 && value <= INT32_MAX;
    case AS_OPTION_LINGER:
        return value == AS_NO_LINGER || value <= most_lingering;
    default: // AS_OPTION_USER_TIMEOUT
        return value <= INT32_MAX;
    }
}

bool make_sense(const as_option_value* first, std::uint32_t count) noexcept
{
    if (first == nullptr) {
        return count == 0;
    }
    std::uint32_t seen = 0; // a bit for each option
    for (std::uint32_t i = 0; i < count; ++i) {
        const auto& [option, value] = first[i];
        if (!is_option(option) || !is_in_range(static_cast<as_option>(option), value) || ((seen >> option) & 1) != 0) {
            return false;
        }
        seen |= 1U << option;
    }
    return true;
}

refusal set_options(SOCKET_HANDLE socket, std::span<const as_option_value> options) noexcept
{
    for (const auto& [option, value] : options) {
        const refusal refused = backend::set_option(socket, static_cast<as_option>(option), value);
        if (!refused.is_none()) {
            return refused;
        }
    }
    return {};
}

} // namespace async_socket::core
