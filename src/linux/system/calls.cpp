#include "linux/system/calls.hpp"

#include <sys/socket.h>
#include <sys/syscall.h>

#include <cerrno>

// Not where a sanitizer has functions of its own in front of the C library's, which see what is read and written; and
// not on x32, whose numbers are others.
#if defined(__x86_64__) && defined(__LP64__) && !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
#define ASYNC_SOCKET_CALLS_KERNEL
#endif
#ifdef __has_feature
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer) || __has_feature(memory_sanitizer)
#undef ASYNC_SOCKET_CALLS_KERNEL
#endif
#endif

namespace {

#ifdef ASYNC_SOCKET_CALLS_KERNEL

// Of six arguments, of which the last two are 0.
long call_kernel(long number, long first, const void* second, std::size_t third, long fourth) noexcept
{
    long result = number;
    register long fourth_in asm("r10") = fourth;
    register long fifth_in asm("r8") = 0;
    register long sixth_in asm("r9") = 0;
    asm volatile("syscall"
                 : "+a"(result)
                 : "D"(first), "S"(second), "d"(third), "r"(fourth_in), "r"(fifth_in), "r"(sixth_in)
                 : "rcx", "r11", "memory");
    return result;
}

#else

long answer_of(long result) noexcept
{
    return result < 0 ? -errno : result;
}

#endif

} // namespace

#ifdef ASYNC_SOCKET_CALLS_KERNEL

long async_socket_send(int fd, const void* data, std::size_t size, int flags) noexcept
{
    return call_kernel(SYS_sendto, fd, data, size, flags);
}

long async_socket_recv(int fd, void* data, std::size_t size, int flags) noexcept
{
    return call_kernel(SYS_recvfrom, fd, data, size, flags);
}

long async_socket_epoll_wait(int epoll, epoll_event* events, int room, int timeout_ms) noexcept
{
    return call_kernel(SYS_epoll_wait, epoll, events, static_cast<std::size_t>(room), timeout_ms);
}

#else

long async_socket_send(int fd, const void* data, std::size_t size, int flags) noexcept
{
    return answer_of(::send(fd, data, size, flags));
}

long async_socket_recv(int fd, void* data, std::size_t size, int flags) noexcept
{
    return answer_of(::recv(fd, data, size, flags));
}

long async_socket_epoll_wait(int epoll, epoll_event* events, int room, int timeout_ms) noexcept
{
    return answer_of(::epoll_wait(epoll, events, room, timeout_ms));
}

#endif
