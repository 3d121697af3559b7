// What a transport is on Linux.
//
// Blocking calls never block in the socket itself: they ask it with MSG_DONTWAIT and wait in poll, so they
// work on a descriptor in either mode (an open async socket makes it non-blocking). A disconnect wakes
// them with shutdown(), which Linux answers with a hang-up on sockets of every kind and state.
//
// The descriptor outlives the disconnect while a channel uses it (hold_socket): its number cannot become
// another socket's while the channel still has it in an epoll or a system call.
#pragma once

#include <pthread.h>

#include <atomic>

#include "core/transport/transport.hpp"

namespace async_socket::backend {

class transport : public core::transport {
public:
    explicit transport(SOCKET_TYPE type) noexcept : core::transport(type) {}
    ~transport() { (void)pthread_mutex_destroy(&send_lock_); }

    [[nodiscard]] static transport& of(core::transport& transport) noexcept
    {
        return static_cast<class transport&>(transport);
    }

    // Held for a whole blocking send, so that the bytes of two never mix.
    [[nodiscard]] pthread_mutex_t& send_lock() noexcept { return send_lock_; }

    // For a channel: the descriptor, which stays until let_go_of_socket, even after a disconnect (which
    // ends everything on it). -1 if not open, and then there is nothing to let go of. Takes a reference.
    [[nodiscard]] int hold_socket() noexcept;
    // May free the transport.
    static void let_go_of_socket(transport* transport) noexcept;

    // Ends what is pending, waits for the calls inside, closes the socket.
    void end() noexcept;

private:
    // The last of those who use the descriptor closes it.
    void drop_socket_use() noexcept;

    std::atomic<std::uint32_t> further_uses_{0}; // of the descriptor, beside that of being open: by channels
    pthread_mutex_t send_lock_ = PTHREAD_MUTEX_INITIALIZER;
};

} // namespace async_socket::backend
