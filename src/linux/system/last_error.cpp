#include "core/platform/last_error.hpp"

#include <cerrno>

namespace async_socket::backend {

std::uint32_t last_error() noexcept
{
    return static_cast<std::uint32_t>(errno);
}

void set_last_error(std::uint32_t code) noexcept
{
    errno = static_cast<int>(code);
}

} // namespace async_socket::backend
