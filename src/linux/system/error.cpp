#include "linux/system/error.hpp"

#include <cerrno>

namespace async_socket::linux_os {

core::ending ending_of(int code) noexcept
{
    switch (code) {
    case 0:
        return core::ending::success;
    case ECONNRESET: // 42_001, LINUX_13_003
    case ECONNABORTED:
    case EPIPE:
    case ENOTCONN:
        return core::ending::disconnected;
    default:
        return core::ending::failed;
    }
}

bool is_later(int code) noexcept
{
    return code == EAGAIN || code == EWOULDBLOCK;
}

core::start_result refusal_of(int code) noexcept
{
    // 42_002. Any other refusal is an error, a connection that is gone in another way too (01_106).
    return code == ECONNRESET ? core::start_result::not_open : core::start_result::refused;
}

} // namespace async_socket::linux_os
