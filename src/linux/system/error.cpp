#include "linux/system/error.hpp"

#include <cerrno>

namespace async_socket::linux_os {

core::ending ending_of(int code) noexcept
{
    switch (code) {
    case 0:
        return core::ending::done;
    case ECONNRESET: // 42_001, LINUX_13_003
        return core::ending::reset;
    case ECONNABORTED:
    case EPIPE:
    case ENOTCONN:
        return core::ending::closed_here;
    case ETIMEDOUT:
        return core::ending::timed_out;
    case ECONNREFUSED:
        return core::ending::refused;
    case EHOSTUNREACH:
    case ENETUNREACH:
    case EHOSTDOWN:
    case ENETDOWN:
    case ENODEV: // no such interface
        return core::ending::unreachable;
    case ENOMEM:
    case ENOBUFS:
    case EMFILE:
    case ENFILE:
        return core::ending::no_room;
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
