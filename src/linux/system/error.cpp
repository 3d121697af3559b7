#include "linux/system/error.hpp"

#include <netdb.h>

#include <cerrno>

#include "core/platform/backend.hpp"

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
    case ECANCELED:
        return core::ending::cancelled;
    case ETIMEDOUT:
    case ETIME: // a deadline of the caller's
        return core::ending::timed_out;
    case ECONNREFUSED:
        return core::ending::refused;
    case EHOSTUNREACH:
    case ENETUNREACH:
    case EHOSTDOWN:
    case ENETDOWN:
    case ENODEV:        // no such interface
    case EADDRNOTAVAIL: // not one of this machine's
        return core::ending::unreachable;
    case EAFNOSUPPORT:
    case ENOPROTOOPT:
    case EOPNOTSUPP:
        return core::ending::not_available;
    case EPROTOTYPE: // not a socket of the kind that is needed
        return core::ending::invalid;
    default:
        return is_shortage(code) ? core::ending::no_room : core::ending::failed;
    }
}

int code_behind(int code, int last_error) noexcept
{
    return code == EAI_SYSTEM || (code == EAI_NONAME && is_shortage(last_error)) ? last_error : 0;
}

core::ending ending_of_lookup(int code, int system_code) noexcept
{
    if (system_code != 0) {
        return ending_of(system_code);
    }
    switch (code) {
    case 0:
        return core::ending::done;
    case EAI_NONAME:
    case EAI_NODATA:     // there is such a host, without any address
    case EAI_ADDRFAMILY: // or without one of this family
    case EAI_SERVICE:
        return core::ending::no_such_name;
    case EAI_MEMORY:
        return core::ending::no_room;
    default: // EAI_AGAIN among them: a server that does not answer says nothing about the name
        return core::ending::failed;
    }
}

bool is_shortage(int code) noexcept
{
    return code == EMFILE || code == ENFILE || code == ENOBUFS || code == ENOMEM;
}

bool is_later(int code) noexcept
{
    return code == EAGAIN || code == EWOULDBLOCK;
}

} // namespace async_socket::linux_os

namespace async_socket::backend {

std::uint32_t code_of_stop(core::ending why) noexcept
{
    return why == core::ending::timed_out ? ETIME : ECANCELED;
}

} // namespace async_socket::backend
