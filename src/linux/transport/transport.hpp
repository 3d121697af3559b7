// The socket behind a SOCKET_TRANSPORT_HANDLE. Its life is the same word as the async socket's:
// closed (created or disconnected), opening (connecting), open, closing.
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

#include "core/lifecycle.hpp"
#include "core/shortage.hpp"
#include "core/transport.hpp"
#include "linux/system/unique_fd.hpp"
#include "linux/transport/connect_attempt.hpp"

namespace async_socket::backend {

class transport {
public:
    explicit transport(SOCKET_TYPE type) noexcept : type_(type) {}
    ~transport() { (void)pthread_mutex_destroy(&send_turn_); }
    transport(const transport&) = delete;
    transport& operator=(const transport&) = delete;

    [[nodiscard]] SOCKET_TYPE type() const noexcept { return type_; }
    [[nodiscard]] core::lifecycle& life() noexcept { return life_; }

    // For calls that are inside and open.
    [[nodiscard]] int socket() const noexcept { return socket_.get(); }
    // Held for a whole blocking send, so that the bytes of two never mix.
    [[nodiscard]] pthread_mutex_t& send_turn() noexcept { return send_turn_; }
    // For whoever connects, between begin_open and end_open.
    [[nodiscard]] linux_os::connect_attempt& attempt() noexcept { return attempt_; }

    // Of what an accept needs.
    [[nodiscard]] core::shortage& shortage() noexcept { return shortage_; }

    void add_reference() noexcept { references_.fetch_add(1, std::memory_order_relaxed); }
    // True if it was the last one.
    [[nodiscard]] bool drop_reference() noexcept { return references_.fetch_sub(1, std::memory_order_acq_rel) == 1; }

    // For a channel: the descriptor, which stays until let_go_of_socket, even after a disconnect (which
    // ends everything on it). -1 if not open, and then there is nothing to let go of. Takes a reference.
    [[nodiscard]] int hold_socket() noexcept;
    // May free the transport.
    static void let_go_of_socket(transport* transport) noexcept;

    // As the lifecycle's, but false also while a channel is open on the transport: it uses the descriptor
    // that the transport had when the channel was opened.
    [[nodiscard]] bool begin_open() noexcept;
    // Opens with this socket, or goes back to closed if there is none.
    void end_open(linux_os::unique_fd socket) noexcept;

    // Ends what is pending, waits for the calls inside, closes the socket. Ends a connect, too, but does
    // not wait for that.
    void disconnect() noexcept;

private:
    // The last of those who use the descriptor closes it.
    void drop_socket_use() noexcept;

    const SOCKET_TYPE type_;
    std::atomic<std::uint32_t> references_{1};
    std::atomic<std::uint32_t> socket_uses_{0}; // being open is one, every channel another
    core::lifecycle life_;
    core::shortage shortage_;
    linux_os::connect_attempt attempt_;
    pthread_mutex_t send_turn_ = PTHREAD_MUTEX_INITIALIZER;
    linux_os::unique_fd socket_;
};

} // namespace async_socket::backend
