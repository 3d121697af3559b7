// One epoll instance, with a way to wake who waits on it. Sockets are registered once, for every change
// in either direction; each change is told once.
#pragma once

#include <sys/epoll.h>

#include <cstddef>
#include <cstdint>
#include <span>

#include "linux/system/unique_fd.hpp"

namespace async_socket::linux_os {

class poller {
public:
    // What an event of wake() says.
    static constexpr std::uint64_t wake_key = UINT64_MAX;

    // Once, first. False, with errno: the system has no descriptors.
    [[nodiscard]] bool prepare() noexcept;

    // `key` comes with each of its events. False, with errno.
    [[nodiscard]] bool add(int fd, std::uint64_t key) noexcept;
    // True if `fd` is registered, as the socket that it was then. Its last event may come once more.
    [[nodiscard]] bool has(int fd, std::uint64_t key) noexcept;
    void remove(int fd) noexcept;

    // Fills `events` from the front with those that there are; waits for the first one until `until_ns`, or a little
    // longer, AS_NEVER being for ever and 0 not at all. It may return early.
    [[nodiscard]] std::span<epoll_event> next(std::span<epoll_event> events, std::uint64_t until_ns) noexcept;
    // Ends a wait, the next one if there is none now.
    void wake() noexcept;

private:
    [[nodiscard]] bool control(int what, int fd, std::uint32_t events, std::uint64_t key) noexcept;

    unique_fd epoll_;
    unique_fd wake_;
};

} // namespace async_socket::linux_os
