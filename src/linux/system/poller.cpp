#include "linux/system/poller.hpp"

#include <sys/eventfd.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <ctime>
#include <limits>

#include "core/platform/last_error.hpp"
#include "linux/system/calls.hpp"

namespace async_socket::linux_os {

namespace {

// EPOLLPRI for urgent data: a read stops in front of it although more bytes follow.
constexpr std::uint32_t every_change = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLPRI | EPOLLET;

// Where seconds have 32 bits the last of them stands for all that come after it.
timespec timespec_of(std::uint64_t time_ns) noexcept
{
    constexpr std::uint64_t ns_per_s = 1'000'000'000;
    timespec time{};
    time.tv_sec = static_cast<std::time_t>(std::min<std::uint64_t>(
        time_ns / ns_per_s, static_cast<std::uint64_t>(std::numeric_limits<std::time_t>::max())));
    time.tv_nsec = static_cast<long>(time_ns % ns_per_s);
    return time;
}

} // namespace

bool poller::prepare() noexcept
{
    epoll_.reset(epoll_create1(EPOLL_CLOEXEC));
    if (!epoll_) {
        return false;
    }
    wake_.reset(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
    if (!wake_) {
        return false;
    }
    time_.reset(timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK));
    // Edge-triggered: each write, and each time that has come, is an event, and nobody has to read.
    return time_ && control(EPOLL_CTL_ADD, wake_.get(), EPOLLIN | EPOLLET, wake_key) &&
           control(EPOLL_CTL_ADD, time_.get(), EPOLLIN | EPOLLET, time_key);
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

std::span<epoll_event> poller::next(std::span<epoll_event> events, bool waits) noexcept
{
    const long count =
        async_socket_epoll_wait(epoll_.get(), events.data(), static_cast<int>(events.size()), waits ? -1 : 0);
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

void poller::set_time(std::uint64_t time_ns) noexcept
{
    const core::lock::scope scope(lock_);
    if (time_ns < wakes_at_ns_.load(std::memory_order_relaxed)) {
        wakes_at_ns_.store(time_ns, std::memory_order_relaxed);
        const itimerspec once{{0, 0}, timespec_of(time_ns)};
        (void)timerfd_settime(time_.get(), TFD_TIMER_ABSTIME, &once, nullptr);
    }
}

void poller::note_time() noexcept
{
    const core::lock::scope scope(lock_);
    wakes_at_ns_.store(AS_NEVER, std::memory_order_relaxed);
}

} // namespace async_socket::linux_os
