#include "core/platform/last_error.hpp"

#include "win32/system/win.hpp"

// WSAGetLastError and GetLastError are one and the same value.
namespace async_socket::backend {

std::uint32_t last_error() noexcept
{
    return GetLastError();
}

void set_last_error(std::uint32_t code) noexcept
{
    SetLastError(code);
}

} // namespace async_socket::backend
