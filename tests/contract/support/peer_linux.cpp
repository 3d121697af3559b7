#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <filesystem>
#include <functional>
#include <stdexcept>
#include <system_error>

#include "peer.hpp"

namespace contract {

namespace {

[[noreturn]] void fail(const char* what)
{
    throw std::system_error(errno, std::generic_category(), what);
}

int checked(int result, const char* what)
{
    if (result < 0) {
        fail(what);
    }
    return result;
}

// Repeats a call that a signal interrupted: cancel_pending sends many.
ssize_t repeated(const std::function<ssize_t()>& call)
{
    ssize_t result = 0;
    do {
        result = call();
    } while (result < 0 && errno == EINTR);
    return result;
}

int tcp_socket()
{
    return checked(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, IPPROTO_TCP), "socket");
}

struct bound_socket {
    int fd;
    sockaddr_in address;
};

// On a loopback port of the system's choice.
bound_socket bind_loopback(int fd)
{
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t length = sizeof address;
    auto* const any = reinterpret_cast<sockaddr*>(&address);
    (void)checked(bind(fd, any, length), "bind");
    (void)checked(getsockname(fd, any, &length), "getsockname");
    return {fd, address};
}

bound_socket udp_socket()
{
    return bind_loopback(checked(socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, IPPROTO_UDP), "socket"));
}

void connect_to(int fd, const sockaddr_in& address)
{
    const auto* const any = reinterpret_cast<const sockaddr*>(&address);
    (void)checked(connect(fd, any, sizeof address), "connect");
}

} // namespace

int peer::send_some(const void* data, std::size_t size) const
{
    return static_cast<int>(repeated([&] { return ::send(socket_, data, size, MSG_NOSIGNAL); }));
}

int peer::receive_some(void* data, std::size_t size) const
{
    return static_cast<int>(repeated([&] { return ::recv(socket_, data, size, 0); }));
}

void linger_at_close(SOCKET_HANDLE socket, int seconds)
{
    const linger time{1, seconds};
    (void)checked(setsockopt(socket, SOL_SOCKET, SO_LINGER, &time, sizeof time), "setsockopt");
}

void close_with_reset(SOCKET_HANDLE socket)
{
    linger_at_close(socket, 0);
    close_socket(socket);
}

loopback_pair connect_pair()
{
    const bound_socket listener = bind_loopback(tcp_socket());
    (void)checked(listen(listener.fd, 1), "listen");
    const int near_end = tcp_socket();
    connect_to(near_end, listener.address);
    const auto far_end =
        static_cast<int>(repeated([&] { return accept4(listener.fd, nullptr, nullptr, SOCK_CLOEXEC); }));
    (void)checked(far_end, "accept4");
    close_socket(listener.fd);
    return {near_end, peer(far_end)};
}

peer connect_to(const void* address, std::size_t size)
{
    const auto* const any = static_cast<const sockaddr*>(address);
    const int fd = checked(socket(any->sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0), "socket");
    peer made(fd);
    (void)checked(connect(fd, any, static_cast<socklen_t>(size)), "connect");
    return made;
}

plain_listener::plain_listener(int backlog) : socket_(tcp_socket())
{
    port_ = ntohs(bind_loopback(socket_).address.sin_port);
    if (backlog >= 0) {
        (void)checked(listen(socket_, backlog), "listen");
    }
}

plain_listener::~plain_listener()
{
    close_socket(socket_);
}

peer plain_listener::accept() const
{
    return peer(checked(static_cast<int>(repeated([&] { return accept4(socket_, nullptr, nullptr, SOCK_CLOEXEC); })),
                        "accept4"));
}

loopback_pair connect_datagram_pair()
{
    const bound_socket near_end = udp_socket();
    const bound_socket far_end = udp_socket();
    connect_to(near_end.fd, far_end.address);
    connect_to(far_end.fd, near_end.address);
    return {near_end.fd, peer(far_end.fd)};
}

void limit_buffers(SOCKET_HANDLE socket, int size)
{
    for (const int direction : {SO_SNDBUF, SO_RCVBUF}) {
        (void)checked(setsockopt(socket, SOL_SOCKET, direction, &size, sizeof size), "setsockopt");
    }
}

void shut_down_sending(SOCKET_HANDLE socket)
{
    (void)::shutdown(socket, SHUT_WR);
}

void shut_down_receiving(SOCKET_HANDLE socket)
{
    (void)::shutdown(socket, SHUT_RD);
}

bool resets_look_like_ends()
{
    return false;
}

bool has_local_addresses()
{
    return true;
}

bool has_linux_options()
{
    return true;
}

bool shut_down_receives_are_refused()
{
    return false;
}

// Linux cannot cancel a call from outside. The nearest thing to it is a signal: every system call that
// any other thread of this process waits in ends early.
void cancel_pending(SOCKET_HANDLE /*socket*/)
{
    struct sigaction interrupt = {};
    interrupt.sa_handler = [](int) {};
    static const bool ready = sigaction(SIGURG, &interrupt, nullptr) == 0; // without SA_RESTART
    if (!ready) {
        throw std::runtime_error("sigaction");
    }
    const pid_t self = gettid();
    for (const auto& entry : std::filesystem::directory_iterator("/proc/self/task")) {
        const auto thread = static_cast<pid_t>(std::stol(entry.path().filename()));
        if (thread != self) {
            (void)tgkill(getpid(), thread, SIGURG); // it may have ended by now
        }
    }
}

int last_error()
{
    return errno;
}

void set_last_error(int code)
{
    errno = code;
}

int reset_error()
{
    return ECONNRESET;
}

void* memory_before_a_gap(std::size_t size)
{
    const auto page = static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
    const std::size_t usable = (size + page - 1) / page * page;
    void* const start = mmap(nullptr, usable + page, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (start == MAP_FAILED || mprotect(start, usable, PROT_READ | PROT_WRITE) != 0) {
        fail("mmap");
    }
    return static_cast<unsigned char*>(start) + usable - size;
}

void close_socket(SOCKET_HANDLE socket)
{
    (void)::close(socket);
}

SOCKET_HANDLE invalid_socket()
{
    return INVALID_SOCKET;
}

std::vector<SOCKET_HANDLE> invalid_sockets()
{
    return {invalid_socket(), -2};
}

bool is_fast_run()
{
    return false; // there is one mode
}

// A process begins with a low limit that it may raise itself.
bool may_have_handles(std::size_t count)
{
    rlimit limit{};
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0) {
        return false;
    }
    limit.rlim_cur = limit.rlim_max;
    return setrlimit(RLIMIT_NOFILE, &limit) == 0 && count <= limit.rlim_cur;
}

} // namespace contract
