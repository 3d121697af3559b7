// The calls that only the transport and the life of a descriptor need.
#include <arpa/inet.h>
#include <ifaddrs.h>
#include <netdb.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <cstdint>

#include "next_fault.hpp"

// What the linker calls by names that C++ keeps for itself: the system's functions, and ours in their place.
extern "C" {

int real_accept4(int fd, sockaddr* address, socklen_t* size, int flags) __asm__("__real_accept4");
int real_bind(int fd, const sockaddr* address, socklen_t size) __asm__("__real_bind");
int real_close(int fd) __asm__("__real_close");
int real_connect(int fd, const sockaddr* address, socklen_t size) __asm__("__real_connect");
int real_getaddrinfo(const char* host, const char* service, const addrinfo* hints,
                     addrinfo** list) __asm__("__real_getaddrinfo");
int real_gethostname(char* name, std::size_t size) __asm__("__real_gethostname");
int real_getifaddrs(ifaddrs** list) __asm__("__real_getifaddrs");
int real_getpeername(int fd, sockaddr* address, socklen_t* size) __asm__("__real_getpeername");
int real_getsockname(int fd, sockaddr* address, socklen_t* size) __asm__("__real_getsockname");
const char* real_inet_ntop(int family, const void* address, char* text, socklen_t size) __asm__("__real_inet_ntop");
int real_ioctl(int fd, unsigned long request, int* value) __asm__("__real_ioctl");
int real_listen(int fd, int backlog) __asm__("__real_listen");
int real_setsockopt(int fd, int level, int name, const void* value, socklen_t size) __asm__("__real_setsockopt");
int real_socket(int family, int type, int protocol) __asm__("__real_socket");
ssize_t real_write(int fd, const void* data, std::size_t size) __asm__("__real_write");

int wrap_accept4(int fd, sockaddr* address, socklen_t* size, int flags) __asm__("__wrap_accept4");
int wrap_bind(int fd, const sockaddr* address, socklen_t size) __asm__("__wrap_bind");
int wrap_close(int fd) __asm__("__wrap_close");
int wrap_connect(int fd, const sockaddr* address, socklen_t size) __asm__("__wrap_connect");
int wrap_getaddrinfo(const char* host, const char* service, const addrinfo* hints,
                     addrinfo** list) __asm__("__wrap_getaddrinfo");
int wrap_gethostname(char* name, std::size_t size) __asm__("__wrap_gethostname");
int wrap_getifaddrs(ifaddrs** list) __asm__("__wrap_getifaddrs");
int wrap_getpeername(int fd, sockaddr* address, socklen_t* size) __asm__("__wrap_getpeername");
int wrap_getsockname(int fd, sockaddr* address, socklen_t* size) __asm__("__wrap_getsockname");
const char* wrap_inet_ntop(int family, const void* address, char* text, socklen_t size) __asm__("__wrap_inet_ntop");
int wrap_ioctl(int fd, unsigned long request, int* value) __asm__("__wrap_ioctl");
int wrap_listen(int fd, int backlog) __asm__("__wrap_listen");
int wrap_setsockopt(int fd, int level, int name, const void* value, socklen_t size) __asm__("__wrap_setsockopt");
int wrap_socket(int family, int type, int protocol) __asm__("__wrap_socket");
ssize_t wrap_write(int fd, const void* data, std::size_t size) __asm__("__wrap_write");

} // extern "C"

using namespace faults;

extern "C" {

int wrap_accept4(int fd, sockaddr* address, socklen_t* size, int flags)
{
    return fails("accept4") ? -1 : real_accept4(fd, address, size, flags);
}

int wrap_bind(int fd, const sockaddr* address, socklen_t size)
{
    return fails("bind") ? -1 : real_bind(fd, address, size);
}

// On Linux the descriptor is gone whatever close reports.
int wrap_close(int fd)
{
    const int result = real_close(fd);
    return fails("close") ? -1 : result;
}

// A connect that a signal interrupts goes on by itself.
int wrap_connect(int fd, const sockaddr* address, socklen_t size)
{
    const std::optional<fault> hit = next("connect");
    if (!hit || hit->what == kind::interrupted) {
        const int result = real_connect(fd, address, size);
        if (!hit) {
            return result;
        }
    }
    errno = hit->code;
    return -1;
}

int wrap_getaddrinfo(const char* host, const char* service, const addrinfo* hints, addrinfo** list)
{
    const std::optional<fault> hit = next("getaddrinfo");
    return hit ? hit->code : real_getaddrinfo(host, service, hints, list);
}

int wrap_gethostname(char* name, std::size_t size)
{
    return fails("gethostname") ? -1 : real_gethostname(name, size);
}

int wrap_getifaddrs(ifaddrs** list)
{
    return fails("getifaddrs") ? -1 : real_getifaddrs(list);
}

int wrap_getpeername(int fd, sockaddr* address, socklen_t* size)
{
    return fails("getpeername") ? -1 : real_getpeername(fd, address, size);
}

int wrap_getsockname(int fd, sockaddr* address, socklen_t* size)
{
    return fails("getsockname") ? -1 : real_getsockname(fd, address, size);
}

const char* wrap_inet_ntop(int family, const void* address, char* text, socklen_t size)
{
    return fails("inet_ntop") ? nullptr : real_inet_ntop(family, address, text, size);
}

// Of those that the library asks, all have a pointer to a number behind them.
int wrap_ioctl(int fd, unsigned long request, int* value)
{
    return fails("ioctl") ? -1 : real_ioctl(fd, request, value);
}

int wrap_listen(int fd, int backlog)
{
    return fails("listen") ? -1 : real_listen(fd, backlog);
}

int wrap_setsockopt(int fd, int level, int name, const void* value, socklen_t size)
{
    return fails("setsockopt") ? -1 : real_setsockopt(fd, level, name, value, size);
}

int wrap_socket(int family, int type, int protocol)
{
    return fails("socket") ? -1 : real_socket(family, type, protocol);
}

ssize_t wrap_write(int fd, const void* data, std::size_t size)
{
    return fails("write") ? -1 : real_write(fd, data, size);
}

} // extern "C"
