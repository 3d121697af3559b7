#include "variant.hpp"

#include <netdb.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstring>

namespace faults {

namespace {

constexpr variant of_async_socket[] = {
    {"calloc", kind::error, ENOMEM},
    {"close", kind::error, EINTR},
    {"close", kind::error, EIO},
    {"epoll_create1", kind::error, EMFILE},
    {"epoll_ctl", kind::error, ENOSPC},
    {"epoll_ctl", kind::error, ENOMEM},
    {"epoll_ctl_del", kind::error, ENOENT},
    {"epoll_wait", kind::interrupted, EINTR},
    {"eventfd", kind::error, EMFILE},
#if ASYNC_SOCKET_API_VERSION == 3
    {"fcntl", kind::error, EINVAL}, // for hooks
#endif
    {"futex", kind::interrupted, EINTR},
    {"getsockopt", kind::error, ENOBUFS},
    {"malloc", kind::error, ENOMEM},
    {"open", kind::error, EMFILE},
#if ASYNC_SOCKET_API_VERSION == 3
    {"poll", kind::interrupted, EINTR}, // for notifications
    {"poll", kind::error, ENOMEM},
#endif
    {"pthread_create", kind::error, EAGAIN},
    {"read", kind::interrupted, EINTR},
    {"read", kind::error, EIO},
    {"recv", kind::error, ECONNRESET},
    {"recv", kind::error, ECONNABORTED},
    {"recv", kind::error, ENOTCONN},
    {"recv", kind::error, ETIMEDOUT},
    {"recv", kind::interrupted, EINTR},
    {"recv", kind::later, EAGAIN},
    {"recv", kind::short_count, 0},
    {"recvmsg", kind::error, ECONNRESET},
    {"recvmsg", kind::error, ENOMEM},
    {"recvmsg", kind::interrupted, EINTR},
    {"recvmsg", kind::later, EAGAIN},
    {"recvmsg", kind::short_count, 0},
    {"sched_getaffinity", kind::error, EINVAL},
    {"send", kind::error, ECONNRESET},
    {"send", kind::error, EPIPE},
    {"send", kind::error, ENOBUFS},
    {"send", kind::interrupted, EINTR},
    {"send", kind::later, EAGAIN},
    {"send", kind::short_count, 0},
    {"sendmsg", kind::error, ENOMEM},
    {"sendmsg", kind::error, ECONNRESET},
    {"sendmsg", kind::error, EPIPE},
    {"sendmsg", kind::interrupted, EINTR},
    {"sendmsg", kind::later, EAGAIN},
    {"sendmsg", kind::short_count, 0},
    {"shutdown", kind::error, ENOTCONN},
    {"timerfd_create", kind::error, EMFILE},
    {"write", kind::interrupted, EINTR},
};

constexpr variant of_transport[] = {
    {"accept4", kind::error, ECONNABORTED},
    {"accept4", kind::error, EPERM},
    {"accept4", kind::error, EPROTO},
    {"accept4", kind::error, ENOPROTOOPT},
    {"accept4", kind::error, ENETDOWN},
    {"accept4", kind::error, ENETUNREACH},
    {"accept4", kind::error, EHOSTDOWN},
    {"accept4", kind::error, EHOSTUNREACH},
    {"accept4", kind::error, ENONET},
    {"accept4", kind::error, EMFILE},
    {"accept4", kind::error, ENFILE},
    {"accept4", kind::error, ENOBUFS},
    {"accept4", kind::error, ENOMEM},
    {"accept4", kind::error, EINVAL},
    {"accept4", kind::interrupted, EINTR},
    {"accept4", kind::later, EAGAIN},
    {"bind", kind::error, EADDRINUSE},
    {"bind", kind::error, EADDRNOTAVAIL},
    {"calloc", kind::error, ENOMEM},
    {"close", kind::error, EINTR},
    {"close", kind::error, EIO},
    {"connect", kind::error, ECONNREFUSED},
    {"connect", kind::error, ENETUNREACH},
    {"connect", kind::interrupted, EINTR},
    {"fcntl", kind::error, EINVAL},
    {"getaddrinfo", kind::error, EAI_AGAIN},
    {"getaddrinfo", kind::error, EAI_MEMORY},
    {"getaddrinfo", kind::error, EAI_NONAME},
    {"getaddrinfo", kind::error, EAI_SYSTEM},
    {"gethostname", kind::error, ENAMETOOLONG},
    {"getifaddrs", kind::error, EMFILE},
    {"getifaddrs", kind::error, ENOMEM},
    {"getpeername", kind::error, ENOTCONN},
    {"getsockname", kind::error, ENOBUFS},
    {"getsockopt", kind::error, ENOBUFS},
    {"inet_ntop", kind::error, ENOSPC},
    {"listen", kind::error, EADDRINUSE},
    {"malloc", kind::error, ENOMEM},
    {"poll", kind::error, ENOMEM},
    {"poll", kind::interrupted, EINTR},
    {"recvmsg", kind::error, ECONNRESET},
    {"recvmsg", kind::error, ENOMEM},
    {"recvmsg", kind::interrupted, EINTR},
    {"recvmsg", kind::later, EAGAIN},
    {"recvmsg", kind::short_count, 0},
    {"sendmsg", kind::error, ECONNRESET},
    {"sendmsg", kind::error, EPIPE},
    {"sendmsg", kind::error, ENOMEM},
    {"sendmsg", kind::interrupted, EINTR},
    {"sendmsg", kind::later, EAGAIN},
    {"sendmsg", kind::short_count, 0},
    {"setsockopt", kind::error, ENOMEM},
    {"shutdown", kind::error, ENOTCONN},
    {"socket", kind::error, EAFNOSUPPORT},
    {"socket", kind::error, EMFILE},
};

std::string name_of_code(int code)
{
    switch (code) {
    case EAI_AGAIN:
        return "EAIAGAIN";
    case EAI_MEMORY:
        return "EAIMEMORY";
    case EAI_NONAME:
        return "EAINONAME";
    case EAI_SYSTEM:
        return "EAISYSTEM";
    default:
        return strerrorname_np(code);
    }
}

} // namespace

std::string name_of(const variant& each)
{
    constexpr const char* kinds[] = {"Fails", "IsInterrupted", "IsShort", "IsLater"};
    std::string name = std::string(each.call) + kinds[static_cast<std::size_t>(each.what)];
    if (each.what == kind::error) {
        name += name_of_code(each.code);
    }
    name.erase(std::remove(name.begin(), name.end(), '_'), name.end());
    return name;
}

void PrintTo(const variant& each, std::ostream* out)
{
    *out << name_of(each);
}

std::span<const variant> async_socket_variants()
{
    return of_async_socket;
}

std::span<const variant> transport_variants()
{
    return of_transport;
}

} // namespace faults
