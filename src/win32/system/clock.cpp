#include "core/platform/clock.hpp"

#include "win32/system/win.hpp"

namespace async_socket::backend {

std::uint64_t now_ns() noexcept
{
    constexpr std::uint64_t ns_per_ms = 1'000'000;
    return GetTickCount64() * ns_per_ms;
}

} // namespace async_socket::backend
