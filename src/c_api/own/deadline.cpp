#include "async_socket/deadline.h"

#include <cstdint>

#include "core/platform/clock.hpp"

using namespace async_socket;

extern "C" as_deadline as_now(void)
{
    return backend::now_ns();
}

extern "C" as_deadline as_in_ms(std::uint64_t ms)
{
    constexpr std::uint64_t ns_per_ms = 1'000'000;
    const std::uint64_t now = backend::now_ns();
    return ms > (AS_NEVER - now) / ns_per_ms ? AS_NEVER : now + ms * ns_per_ms;
}
