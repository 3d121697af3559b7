#include "linux/system/poller.hpp"

#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <limits>

#include "async_socket/deadline.h"
#include "core/clock.hpp"
#include "core/last_error.hpp"
#include "linux/system/calls.hpp"

namespace async_socket::linux_os {

namespace {

// EPOLLPRI for urgent data: a read stops in front of it although more bytes follow.
constexpr std::uint32_t every_change = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLPRI | EPOLLET;

// In milliseconds, as epoll_wait takes it. Reads the clock only if there is a time to wait for.
int time_out(std::uint64_t until_ns) noexcept
{
    if (until_ns == 0 || until_ns == AS_NEVER) {
        return until_ns == 0 ? 0 : -1;
    }
    constexpr std::uint64_t ns_per_ms = 1'000'000;
    const std::uint64_t now = backend::now_ns();
    const std::uint64_t left_ms = until_ns > now ? (until_ns - now - 1) / ns_per_ms + 1 : 0;
    return static_cast<int>(std::min<std::uint64_t>(left_ms, std::numeric_limits<int>::max()));
}

} // namespace

bool poller::prepare() noexcept
{
    epoll_.reset(epoll_create1(EPOLL_CLOEXEC));
    if (!epoll_) {
        return false;
    }
    wake_.reset(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
    // Edge-triggered: each write is an event, and nobody has to read.
    return wake_ && control(EPOLL_CTL_ADD, wake_.get(), EPOLLIN | EPOLLET, wake_key);
}

bool poller::control(int what, int fd, std::uint32_t events, std::uint64_t key) noexcept
{
    epoll_event event{};
    event.events = events;
    event.data.u64 = key;
    return epoll_ctl(epoll_.get(), what, fd, &event) == 0;
}

bool poller::add(int fd, std::uint64_t key) noexcept
{
    return control(EPOLL_CTL_ADD, fd, every_change, key);
}

bool poller::has(int fd, std::uint64_t key) noexcept
{
    const backend::last_error_guard keep;
    return control(EPOLL_CTL_MOD, fd, every_change, key);
}

void poller::remove(int fd) noexcept
{
    const backend::last_error_guard keep;
    (void)control(EPOLL_CTL_DEL, fd, 0, 0);
}

std::span<epoll_event> poller::next(std::span<epoll_event> events, std::uint64_t until_ns) noexcept
{
    const long count =
        async_socket_epoll_wait(epoll_.get(), events.data(), static_cast<int>(events.size()), time_out(until_ns));
    // An error is EINTR: the caller comes back.
    return events.first(count > 0 ? static_cast<std::size_t>(count) : 0);
}

void poller::wake() noexcept
{
    const backend::last_error_guard keep;
    const std::uint64_t one = 1;
    // A wake that is lost may be waited for for ever. No other error can come: the counter is never full.
    while (::write(wake_.get(), &one, sizeof one) < 0 && errno == EINTR) {
    }
}

} // namespace async_socket::linux_os
