// Where the bytes of a channel go out and come in: the system's socket, or the user's hooks in front of
// it. Neither is made to wait: each call has its answer at once.
#pragma once

#include <atomic>
#include <cstdint>

#include "core/common/hot_path.hpp"
#include "linux/socket/operation.hpp"

namespace async_socket::core {
class socket;
} // namespace async_socket::core

namespace async_socket::linux_os {

// To one call.
struct answer {
    std::uint64_t wanted; // the most that this one call could have moved
    std::uint64_t moved;  // 0 of a receive without a code: the end of the stream
    int code;             // errno; 0 if it went through
};

class endpoint {
public:
    // Looks at what kind of socket `fd` is.
    void set(int fd, const core::socket& owner) noexcept;

    [[nodiscard]] int fd() const noexcept { return fd_; }
    // Why it cannot be the connection of a stream, errno: it is no socket, not one of a stream of bytes, or listens. 0:
    // it can be, as far as one call of the system's tells; whether it is connected it tells itself when it is used.
    [[nodiscard]] int unfitness() const noexcept;
    [[nodiscard]] bool has_hooks() const noexcept { return has_hooks_; }
    // The connection is over, and somebody has seen it: nothing is left for a close to wait for.
    [[nodiscard]] bool is_lost() const noexcept { return loss_.load(std::memory_order_relaxed) != 0; }
    // A call that moves less than it could has emptied the socket, or filled it: nobody has to ask again
    // before the system says that something has changed. Only TCP promises that.
    [[nodiscard]] bool short_means_over() const noexcept { return is_tcp_ && !has_hooks(); }

    // The next of the operation's pieces, as many as one call takes.
    [[nodiscard]] answer move(const operation& operation) noexcept;
    // The short way for bytes of TCP, in one piece, without hooks. The answer is one as in system/calls.hpp.
    [[nodiscard]] long send_piece(const as_buffer& piece) const noexcept;
    [[nodiscard]] long receive_piece(const as_buffer& piece) const noexcept;
    // The system could have moved more of so many bytes.
    [[nodiscard]] static bool is_short(std::uint64_t size, std::uint64_t moved) noexcept
    {
        return moved < size && moved != max_bytes_in_a_call;
    }
    // What it moves at most in one call.
    static constexpr std::uint64_t max_bytes_in_a_call = 0x7ffff000;

    // What `move` makes of an answer of these.
    ASYNC_SOCKET_APART [[nodiscard]] int code_of(const operation& operation, const answer& made) noexcept;
    // Asks the system: EAGAIN if the socket is not ready now, 0 if it is, otherwise its error.
    [[nodiscard]] int readiness(core::direction way) const noexcept;
    // For a socket that polls as one in error: whether it is. The system also says so when it has a notice for the
    // user, that of a finished MSG_ZEROCOPY send for one. Its error (SO_ERROR) is not asked: whoever reads it takes
    // it from the receive that has to tell it. LINUX_11_006
    [[nodiscard]] bool has_failed() const noexcept;

private:
    // Of an operation that makes a connection.
    [[nodiscard]] answer connect_or_accept(const operation& operation) const noexcept;
    [[nodiscard]] int ask_for_connect() const noexcept;
    [[nodiscard]] answer send(const operation& operation) const noexcept;
    [[nodiscard]] answer receive(const operation& operation) const noexcept;
    // The same of several pieces, of none (a shutdown), or of what is no TCP: apart, since the others are on every
    // operation's way.
    [[nodiscard]] answer send_row(const operation& operation) const noexcept;
    [[nodiscard]] answer receive_row(const operation& operation) const noexcept;
    [[nodiscard]] static answer ask_hook(const operation& operation) noexcept;
    // Remembers how a connection was lost: the system reports it once, and has other words for it from then on.
    [[nodiscard]] int explained(const operation& operation, int code) noexcept;
    void remember_loss(int code) noexcept;
    // For an operation that was told of an end. 0: it is one.
    [[nodiscard]] int loss_at_end(const operation& operation) const noexcept;

    int fd_ = -1;
    bool is_tcp_ : 1 = false; // every byte counts in a channel that is idle
    bool has_hooks_ : 1 = false;
    std::atomic<bool> has_ended_here_{false}; // by a shutdown
    // What the connection was lost by, errno, which is small; 0: it was not, as far as anybody has seen.
    std::atomic<std::uint16_t> loss_{0};
};

} // namespace async_socket::linux_os
