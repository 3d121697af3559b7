// How a platform delivers completions: as c-pal's documents ask for, or faster (async_socket/completion_mode.h); or
// faster, and those of one direction in the order of the calls and one after the other (async_socket/stream.h).
#pragma once

#include <cstdint>

namespace async_socket::core {

enum class completion_mode : std::uint8_t { documented, fast, in_order };

} // namespace async_socket::core
