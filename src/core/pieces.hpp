// A caller's pieces of memory, of which some bytes are gone.
#pragma once

#include <algorithm>
#include <cstdint>

#include "c_pal/socket_transport.h"

namespace async_socket::core {

struct pieces {
    SOCKET_BUFFER* first;
    std::uint32_t count;
};

[[nodiscard]] inline std::uint64_t length_of(const SOCKET_BUFFER* first, std::uint32_t count) noexcept
{
    std::uint64_t sum = 0;
    for (std::uint32_t i = 0; i < count; ++i) {
        sum += first[i].length;
    }
    return sum;
}

// Without the first `bytes` bytes, which are there. Pieces that are used up are gone.
[[nodiscard]] inline pieces skip(pieces left, std::uint64_t bytes) noexcept
{
    while (bytes != 0) {
        const auto step = static_cast<std::uint32_t>(std::min<std::uint64_t>(bytes, left.first->length));
        left.first->length -= step;
        left.first->buffer += step;
        bytes -= step;
        if (left.first->length == 0) {
            ++left.first;
            --left.count;
        }
    }
    return left;
}

} // namespace async_socket::core
