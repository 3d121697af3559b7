#include "faulty_calls.hpp"

#include <fcntl.h>
#include <linux/futex.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/timerfd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstddef>
#include <cstring>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "next_fault.hpp"

namespace faults {

namespace {

constexpr std::uint32_t interruptions = 3;

// How to make an edge-triggered event come once more.
struct registration {
    int epoll;
    epoll_event event;
};

struct state {
    std::mutex mutex;
    fault planned{};
    std::map<std::string, std::uint32_t> calls;
    bool struck = false;
    std::map<int, registration> registered;
};

// Never destroyed: an engine's threads are detached, and the last may still be here when the program ends.
state& all()
{
    static state& one = *std::make_unique<state>().release();
    return one;
}

thread_local bool is_the_tests = false;

std::atomic<std::int64_t> pieces_of_memory{0};

void* counted(void* memory)
{
    pieces_of_memory += memory != nullptr ? 1 : 0;
    return memory;
}

} // namespace

std::optional<fault> next(const char* call)
{
    if (is_the_tests) {
        return std::nullopt;
    }
    state& now = all();
    const std::lock_guard<std::mutex> lock(now.mutex);
    const std::uint32_t number = ++now.calls[call];
    const fault& planned = now.planned;
    if (planned.call == nullptr || std::strcmp(planned.call, call) != 0 || number < planned.number ||
        number >= planned.number + planned.count) {
        return std::nullopt;
    }
    now.struck = true;
    return planned;
}

bool fails(const char* call)
{
    const std::optional<fault> hit = next(call);
    if (!hit) {
        return false;
    }
    errno = hit->code;
    return true;
}

void plan(const fault* planned)
{
    const std::lock_guard<std::mutex> lock(all().mutex);
    all().planned = planned != nullptr ? *planned : fault{};
    if (planned != nullptr && planned->what == kind::interrupted) {
        all().planned.count = std::max(planned->count, interruptions);
    }
    all().calls.clear();
    all().struck = false;
}

std::uint32_t calls_of(const char* call)
{
    const std::lock_guard<std::mutex> lock(all().mutex);
    return all().calls[call];
}

bool has_struck()
{
    const std::lock_guard<std::mutex> lock(all().mutex);
    return all().struck;
}

std::int64_t memory_in_use()
{
    return pieces_of_memory;
}

template <bool is_test>
caller_scope<is_test>::caller_scope() : before_(is_the_tests)
{
    is_the_tests = is_test;
}

template <bool is_test>
caller_scope<is_test>::~caller_scope()
{
    is_the_tests = before_;
}

template class caller_scope<false>;
template class caller_scope<true>;

namespace {

void remember(int epoll, int what, int fd, const epoll_event* event)
{
    const std::lock_guard<std::mutex> lock(all().mutex);
    if (what == EPOLL_CTL_ADD) {
        all().registered[fd] = {epoll, *event};
    } else if (what == EPOLL_CTL_DEL) {
        all().registered.erase(fd);
    }
}

} // namespace

} // namespace faults

// What the linker calls by names that C++ keeps for itself: the system's functions, and ours in their place.
extern "C" {

long real_as_epoll_wait(int epoll, epoll_event* events, int room,
                        int timeout) __asm__("__real_async_socket_epoll_wait");
long real_as_recv(int fd, void* data, std::size_t size, int flags) __asm__("__real_async_socket_recv");
long real_as_send(int fd, const void* data, std::size_t size, int flags) __asm__("__real_async_socket_send");
void* real_calloc(std::size_t count, std::size_t size) __asm__("__real_calloc");
int real_epoll_create1(int flags) __asm__("__real_epoll_create1");
int real_epoll_ctl(int epoll, int what, int fd, epoll_event* event) __asm__("__real_epoll_ctl");
int real_eventfd(unsigned initial, int flags) __asm__("__real_eventfd");
int real_timerfd_create(int clock, int flags) __asm__("__real_timerfd_create");
int real_timerfd_settime(int fd, int flags, const itimerspec* set,
                         itimerspec* before) __asm__("__real_timerfd_settime");
int real_fcntl(int fd, int command, int flags) __asm__("__real_fcntl");
void real_free(void* memory) __asm__("__real_free");
int real_getsockopt(int fd, int level, int name, void* value, socklen_t* size) __asm__("__real_getsockopt");
void* real_malloc(std::size_t size) __asm__("__real_malloc");
int real_open(const char* path, int flags) __asm__("__real_open");
int real_poll(pollfd* asked, nfds_t count, int timeout) __asm__("__real_poll");
int real_pthread_create(pthread_t* thread, const pthread_attr_t* attributes, void* (*run)(void*),
                        void* context) __asm__("__real_pthread_create");
ssize_t real_read(int fd, void* data, std::size_t size) __asm__("__real_read");
ssize_t real_recvmsg(int fd, msghdr* message, int flags) __asm__("__real_recvmsg");
int real_sched_getaffinity(pid_t process, std::size_t size, cpu_set_t* set) __asm__("__real_sched_getaffinity");
ssize_t real_sendmsg(int fd, const msghdr* message, int flags) __asm__("__real_sendmsg");
int real_shutdown(int fd, int how) __asm__("__real_shutdown");
long real_syscall(long number, const void* word, int what, std::uint32_t value, const void* timeout, void* other,
                  int mask) __asm__("__real_syscall");

long wrap_as_epoll_wait(int epoll, epoll_event* events, int room,
                        int timeout) __asm__("__wrap_async_socket_epoll_wait");
long wrap_as_recv(int fd, void* data, std::size_t size, int flags) __asm__("__wrap_async_socket_recv");
long wrap_as_send(int fd, const void* data, std::size_t size, int flags) __asm__("__wrap_async_socket_send");
void* wrap_calloc(std::size_t count, std::size_t size) __asm__("__wrap_calloc");
int wrap_epoll_create1(int flags) __asm__("__wrap_epoll_create1");
int wrap_epoll_ctl(int epoll, int what, int fd, epoll_event* event) __asm__("__wrap_epoll_ctl");
int wrap_eventfd(unsigned initial, int flags) __asm__("__wrap_eventfd");
int wrap_timerfd_create(int clock, int flags) __asm__("__wrap_timerfd_create");
int wrap_timerfd_settime(int fd, int flags, const itimerspec* set,
                         itimerspec* before) __asm__("__wrap_timerfd_settime");
int wrap_fcntl(int fd, int command, int flags) __asm__("__wrap_fcntl");
void wrap_free(void* memory) __asm__("__wrap_free");
int wrap_getsockopt(int fd, int level, int name, void* value, socklen_t* size) __asm__("__wrap_getsockopt");
void* wrap_malloc(std::size_t size) __asm__("__wrap_malloc");
int wrap_open(const char* path, int flags) __asm__("__wrap_open");
int wrap_poll(pollfd* asked, nfds_t count, int timeout) __asm__("__wrap_poll");
int wrap_pthread_create(pthread_t* thread, const pthread_attr_t* attributes, void* (*run)(void*),
                        void* context) __asm__("__wrap_pthread_create");
ssize_t wrap_read(int fd, void* data, std::size_t size) __asm__("__wrap_read");
ssize_t wrap_recvmsg(int fd, msghdr* message, int flags) __asm__("__wrap_recvmsg");
int wrap_sched_getaffinity(pid_t process, std::size_t size, cpu_set_t* set) __asm__("__wrap_sched_getaffinity");
ssize_t wrap_sendmsg(int fd, const msghdr* message, int flags) __asm__("__wrap_sendmsg");
int wrap_shutdown(int fd, int how) __asm__("__wrap_shutdown");
long wrap_syscall(long number, const void* word, int what, std::uint32_t value, const void* timeout, void* other,
                  int mask) __asm__("__wrap_syscall");

} // extern "C"

namespace faults {

namespace {

void tell_again(int fd)
{
    registration where{};
    {
        const std::lock_guard<std::mutex> lock(all().mutex);
        const auto found = all().registered.find(fd);
        if (found == all().registered.end()) {
            return;
        }
        where = found->second;
    }
    (void)real_epoll_ctl(where.epoll, EPOLL_CTL_MOD, fd, &where.event);
}

// One byte of a message.
struct one_byte {
    explicit one_byte(const msghdr& whole) : message(whole)
    {
        piece = *whole.msg_iov;
        piece.iov_len = 1;
        message.msg_iov = &piece;
        message.msg_iovlen = 1;
    }
    one_byte(const one_byte&) = delete;
    one_byte& operator=(const one_byte&) = delete;

    iovec piece{};
    msghdr message;
};

// A call that moves bytes. `whole` makes it, `part` makes it for one byte.
template <typename Whole, typename Part>
ssize_t transfer(const char* call, int fd, Whole whole, Part part)
{
    const std::optional<fault> hit = next(call);
    if (!hit) {
        return whole();
    }
    if (hit->what == kind::short_count) {
        const ssize_t moved = part();
        tell_again(fd);
        return moved;
    }
    if (hit->what == kind::later) {
        tell_again(fd);
    }
    errno = hit->code;
    return -1;
}

// The same of a call that leaves errno alone, and returns the negative one.
template <typename Whole, typename Part>
long kernel_transfer(const char* call, int fd, Whole whole, Part part)
{
    const auto as_libc = [](long result) {
        errno = result < 0 ? static_cast<int>(-result) : errno;
        return static_cast<ssize_t>(result < 0 ? -1 : result);
    };
    const ssize_t result = transfer(
        call, fd, [&] { return as_libc(whole()); }, [&] { return as_libc(part()); });
    return result < 0 ? -errno : result;
}

} // namespace

} // namespace faults

using namespace faults;

extern "C" {

// Of the library's own functions for these calls (linux/system/calls.hpp), which return the negative errno. Who plans
// or counts a send means these, too.

long wrap_as_epoll_wait(int epoll, epoll_event* events, int room, int timeout)
{
    return fails("epoll_wait") ? -errno : real_as_epoll_wait(epoll, events, room, timeout);
}

long wrap_as_recv(int fd, void* data, std::size_t size, int flags)
{
    return kernel_transfer(
        "recv", fd, [&] { return real_as_recv(fd, data, size, flags); },
        [&] { return real_as_recv(fd, data, 1, flags); });
}

long wrap_as_send(int fd, const void* data, std::size_t size, int flags)
{
    return kernel_transfer(
        "send", fd, [&] { return real_as_send(fd, data, size, flags); },
        [&] { return real_as_send(fd, data, 1, flags); });
}

void* wrap_calloc(std::size_t count, std::size_t size)
{
    return fails("calloc") ? nullptr : counted(real_calloc(count, size));
}

int wrap_epoll_create1(int flags)
{
    return fails("epoll_create1") ? -1 : real_epoll_create1(flags);
}

int wrap_epoll_ctl(int epoll, int what, int fd, epoll_event* event)
{
    if (what == EPOLL_CTL_ADD && fails("epoll_ctl")) {
        return -1;
    }
    const int result = real_epoll_ctl(epoll, what, fd, event);
    if (result == 0) {
        remember(epoll, what, fd, event);
    }
    if (what == EPOLL_CTL_DEL && fails("epoll_ctl_del")) { // whose only reason is that there is nothing to remove
        return -1;
    }
    return result;
}

int wrap_eventfd(unsigned initial, int flags)
{
    return fails("eventfd") ? -1 : real_eventfd(initial, flags);
}

int wrap_timerfd_create(int clock, int flags)
{
    return fails("timerfd_create") ? -1 : real_timerfd_create(clock, flags);
}

int wrap_timerfd_settime(int fd, int flags, const itimerspec* set, itimerspec* before)
{
    (void)next("timerfd_settime"); // counted only: it does not fail
    return real_timerfd_settime(fd, flags, set, before);
}

int wrap_fcntl(int fd, int command, int flags)
{
    return fails("fcntl") ? -1 : real_fcntl(fd, command, flags);
}

void wrap_free(void* memory)
{
    pieces_of_memory -= memory != nullptr ? 1 : 0;
    real_free(memory);
}

int wrap_getsockopt(int fd, int level, int name, void* value, socklen_t* size)
{
    return fails("getsockopt") ? -1 : real_getsockopt(fd, level, name, value, size);
}

void* wrap_malloc(std::size_t size)
{
    return fails("malloc") ? nullptr : counted(real_malloc(size));
}

int wrap_open(const char* path, int flags)
{
    return fails("open") ? -1 : real_open(path, flags);
}

int wrap_poll(pollfd* asked, nfds_t count, int timeout)
{
    return fails("poll") ? -1 : real_poll(asked, count, timeout);
}

int wrap_pthread_create(pthread_t* thread, const pthread_attr_t* attributes, void* (*run)(void*), void* context)
{
    return fails("pthread_create") ? EAGAIN : real_pthread_create(thread, attributes, run, context);
}

ssize_t wrap_read(int fd, void* data, std::size_t size)
{
    return fails("read") ? -1 : real_read(fd, data, size);
}

ssize_t wrap_recvmsg(int fd, msghdr* message, int flags)
{
    return transfer(
        "recvmsg", fd, [&] { return real_recvmsg(fd, message, flags); },
        [&] {
            one_byte part(*message);
            return real_recvmsg(fd, &part.message, flags);
        });
}

int wrap_sched_getaffinity(pid_t process, std::size_t size, cpu_set_t* set)
{
    return fails("sched_getaffinity") ? -1 : real_sched_getaffinity(process, size, set);
}

ssize_t wrap_sendmsg(int fd, const msghdr* message, int flags)
{
    return transfer(
        "sendmsg", fd, [&] { return real_sendmsg(fd, message, flags); },
        [&] {
            const one_byte part(*message);
            return real_sendmsg(fd, &part.message, flags);
        });
}

// Linux wakes whoever waits on the socket also when it reports an error.
int wrap_shutdown(int fd, int how)
{
    const int result = real_shutdown(fd, how);
    return fails("shutdown") ? -1 : result;
}

// The library has no other use for syscall than futex.
long wrap_syscall(long number, const void* word, int what, std::uint32_t value, const void* timeout, void* other,
                  int mask)
{
    if (what == FUTEX_WAIT_PRIVATE && fails("futex")) {
        return -1;
    }
    if (what == FUTEX_WAKE_PRIVATE) {
        (void)next("futex_wake"); // cannot fail; counted
    }
    return real_syscall(number, word, what, value, timeout, other, mask);
}

} // extern "C"
