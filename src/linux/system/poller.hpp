// One epoll instance, with a way to wake who waits on it, at once or at a time. Sockets are registered once, for every
// change in either direction; each change is told once.
//
// The time is a descriptor's (timerfd): it is set when an earlier one comes up, which is seldom, so a wait neither
// reads the clock nor has the kernel set a timer.
#pragma once

#include <sys/epoll.h>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <span>

#include "async_socket/deadline.h"
#include "core/common/hot_path.hpp"
#include "core/common/lock.hpp"
#include "linux/system/unique_fd.hpp"

namespace async_socket::linux_os {

class poller {
public:
    // What an event of wake() says, and one of wake_at(): no socket's key is as large.
    static constexpr std::uint64_t wake_key = UINT64_MAX;
    static constexpr std::uint64_t time_key = UINT64_MAX - 1;

    // Once, first. False, with errno: the system has no descriptors.
    [[nodiscard]] bool prepare() noexcept;

    // `key` comes with each of its events. False, with errno.
    [[nodiscard]] bool add(int fd, std::uint64_t key) noexcept;
    // True if `fd` is registered, as the socket that it was then. Its last event may come once more.
    [[nodiscard]] bool has(int fd, std::uint64_t key) noexcept;
    void remove(int fd) noexcept;

    // Fills `events` from the front with those that there are; `waits` for the first one. It may return early.
    [[nodiscard]] std::span<epoll_event> next(std::span<epoll_event> events, bool waits) noexcept;
    // Ends a wait, the next one if there is none now.
    void wake() noexcept;

    // The same at this time (backend::now_ns), with an event of time_key. Only the earliest counts, until that event
    // has been noted: then whoever has noted it says what time is next. Not 0; AS_NEVER does nothing.
    void wake_at(std::uint64_t time_ns) noexcept
    {
        if (time_ns < wakes_at_ns_.load(std::memory_order_relaxed)) {
            set_time(time_ns);
        }
    }
    void note_time() noexcept;

private:
    [[nodiscard]] bool control(int what, int fd, std::uint32_t events, std::uint64_t key) noexcept;
    ASYNC_SOCKET_APART void set_time(std::uint64_t time_ns) noexcept;

    unique_fd epoll_;
    unique_fd wake_;
    unique_fd time_;
    core::lock lock_;                                  // for setting what the system was told, and telling it
    std::atomic<std::uint64_t> wakes_at_ns_{AS_NEVER}; // what it was told
};

} // namespace async_socket::linux_os
