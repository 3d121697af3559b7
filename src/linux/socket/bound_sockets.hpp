// Which descriptors of the process have a channel. An epoll instance refuses a socket that it has already,
// but another one takes it; two channels would then share one stream. LINUX_14_003
#pragma once

#include <cstddef>

#include "core/common/lock.hpp"
#include "core/platform/backend.hpp"

namespace async_socket::linux_os {

// One descriptor's place in the table. While this lives nobody else binds or unbinds that descriptor: so
// whoever registers its socket with a loop, or takes it out, does both steps in one.
//
// The table is a chain of channels for each of its places, so it needs no memory that could be out or stay
// behind, and no more time for a high number.
class bound_sockets {
public:
    explicit bound_sockets(int fd) noexcept : fd_(fd), place_(place_of(fd)), scope_(place_.lock) {}
    bound_sockets(const bound_sockets&) = delete;
    bound_sockets& operator=(const bound_sockets&) = delete;

    // False if the descriptor has a channel, and that its socket still. The channel's descriptor is this one, and
    // stays it until it is unbound.
    [[nodiscard]] bool bind(backend::channel& channel) noexcept;
    // Does nothing if it is not bound to this channel: the number may have been closed behind our back, and
    // be another socket's.
    void unbind(const backend::channel& channel) noexcept;

    // In the child of a fork: what is bound is bound in its parent. The locks may have been held there.
    static void forget_all() noexcept;

private:
    struct place {
        core::lock lock;
        backend::channel* first = nullptr; // of those whose descriptor has its place here
    };
    static constexpr std::size_t place_count = 4096;
    static place places[place_count];

    [[nodiscard]] static place& place_of(int fd) noexcept;

    const int fd_;
    place& place_;
    const core::lock::scope scope_;
};

} // namespace async_socket::linux_os
