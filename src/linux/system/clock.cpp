#include "linux/system/clock.hpp"

#include "core/clock.hpp"

namespace async_socket::backend {

std::uint64_t now_ns() noexcept
{
    return linux_os::now_ns();
}

} // namespace async_socket::backend
