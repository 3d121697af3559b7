#include "async_socket/deadline.h"

#include <cstdint>

#include "core/common/hot_path.hpp"
#include "core/platform/clock.hpp"

using namespace async_socket;

extern "C" as_deadline as_now(void)
{
    return backend::now_ns();
}

extern "C" ASYNC_SOCKET_IN_ONE_PIECE ASYNC_SOCKET_UNGUARDED as_deadline as_in_ms(std::uint64_t ms)
{
    constexpr std::uint64_t ns_per_ms = 1'000'000;
    if (ms > AS_NEVER / ns_per_ms) {
        return AS_NEVER;
    }
    const std::uint64_t length = ms * ns_per_ms;
    const std::uint64_t then = backend::now_ns() + length;
    return then >= length ? then : AS_NEVER; // or it has gone round
}
