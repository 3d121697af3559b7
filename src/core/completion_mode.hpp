// How a platform delivers completions, where it has a choice (async_socket/completion_mode.h).
#pragma once

#include <cstdint>

namespace async_socket::core {

enum class completion_mode : std::uint8_t { documented, fast };

} // namespace async_socket::core
