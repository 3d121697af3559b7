#include "linux/socket/endpoint.hpp"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <cstddef>
#include <span>

#include "core/common/log.hpp"
#include "core/listener/doors.hpp"
#include "core/platform/system_socket.hpp"
#include "core/socket/socket.hpp"
#include "linux/socket/channel.hpp"
#include "linux/system/calls.hpp"
#include "linux/system/error.hpp"
#include "linux/system/protocol.hpp"
#include "linux/system/unique_fd.hpp"
#include "linux/transport/accept.hpp"
#include "linux/transport/self_connection.hpp"

namespace async_socket::linux_os {

namespace {

static_assert(sizeof(as_buffer) == sizeof(iovec) && offsetof(as_buffer, data) == offsetof(iovec, iov_base) &&
                  offsetof(as_buffer, size) == offsetof(iovec, iov_len),
              "arrays of the one are handed to the system as arrays of the other");

// How many pieces the system takes in one call.
constexpr std::uint32_t max_pieces_in_a_call = IOV_MAX;

// Repeats a system call that a signal interrupted. LINUX_12_001
template <typename Call>
ssize_t uninterrupted(Call call) noexcept
{
    ssize_t result = 0;
    do {
        result = call();
    } while (result < 0 && errno == EINTR);
    return result;
}

// Of an operation whose first piece is not whole any more; the others wait for the next call.
constexpr std::size_t pieces_behind_a_cut = 64;

// What a call that could have moved `wanted` has answered.
answer answered(std::uint64_t wanted, ssize_t result) noexcept
{
    return result < 0 ? answer{wanted, 0, errno} : answer{wanted, static_cast<std::uint64_t>(result), 0};
}

// The same two for calls of system/calls.hpp, of one piece.
template <typename Call>
long uninterrupted_by_kernel(Call call) noexcept
{
    long result = 0;
    do {
        result = call();
    } while (result == -EINTR);
    return result;
}

answer answered_by_kernel(std::uint64_t size, long result) noexcept
{
    const std::uint64_t wanted = std::min<std::uint64_t>(size, endpoint::max_bytes_in_a_call);
    return result < 0 ? answer{wanted, 0, static_cast<int>(-result)}
                      : answer{wanted, static_cast<std::uint64_t>(result), 0};
}

// What one call can move of an operation of several pieces. LINUX_12_002
class round {
public:
    explicit round(const operation& operation) noexcept
        : row_(operation.left.next(max_pieces_in_a_call, copies_)),
          bytes_(std::min(core::length_of(row_), endpoint::max_bytes_in_a_call))
    {
    }
    round(const round&) = delete;
    round& operator=(const round&) = delete;

    [[nodiscard]] std::uint64_t bytes() const noexcept { return bytes_; }
    [[nodiscard]] msghdr message() const noexcept
    {
        msghdr message{};
        message.msg_iov = reinterpret_cast<iovec*>(const_cast<as_buffer*>(row_.first)); // the system only reads it
        message.msg_iovlen = row_.count;
        return message;
    }

private:
    as_buffer copies_[pieces_behind_a_cut];
    const core::pieces::row row_;
    const std::uint64_t bytes_;
};

// The one that was next has gone wrong, and the listener has not.
bool is_of_one_connection(int code) noexcept
{
    return !is_later(code) && backend::problem_of(static_cast<std::uint32_t>(code)) == backend::accept_problem::nobody;
}

bool take_options(int accepted, std::span<const as_option_value> options) noexcept
{
    const core::refusal refused = core::set_options(accepted, options);
    if (!refused.is_none()) {
        LOG_WARNING_CODE(refused.code, "a connection was closed: it cannot have an option that its listener has");
    }
    return refused.is_none();
}

// The next connection of one door, with the options of its listener. Empty, with errno, if there is none. One that
// cannot have them is as good as lost.
unique_fd accept_at(int door, core::doors& doors) noexcept
{
    for (;;) {
        unique_fd accepted(accept_from(door, SOCK_CLOEXEC | SOCK_NONBLOCK));
        if (accepted ? take_options(accepted.get(), doors.options()) : !is_of_one_connection(errno)) {
            return accepted;
        }
        doors.pause().note_lost();
    }
}

// The next connection of one of the doors. 0, or errno.
int accept_into(core::socket& guest, core::doors& doors) noexcept
{
    int code = EAGAIN;
    const std::uint32_t first = doors.next();
    for (std::uint32_t i = 0; i < doors.count(); ++i) {
        const std::uint32_t index = (first + i) % doors.count();
        if (unique_fd accepted = accept_at(doors.at(index).socket.get(), doors)) {
            doors.begin_behind(index);
            doors.pause().note_success();
            guest.adopt({nullptr, accepted.release()});
            return 0;
        }
        code = is_later(errno) ? code : errno;
    }
    return code;
}

} // namespace

// What speaks TCP is a stream; of others nobody asks whether they listen.
int endpoint::unfitness() const noexcept
{
    int found = 0;
    socklen_t size = sizeof found;
    if (getsockopt(fd_, SOL_SOCKET, is_tcp_ ? SO_ACCEPTCONN : SO_TYPE, &found, &size) != 0) {
        return errno;
    }
    return found == (is_tcp_ ? 0 : SOCK_STREAM) ? 0 : EPROTOTYPE;
}

void endpoint::set(int fd, const core::socket& owner) noexcept
{
    fd_ = fd;
    is_tcp_ = is_tcp(fd);
    has_hooks_ = owner.hooks() != nullptr;
    loss_.store(0, std::memory_order_relaxed);
    has_ended_here_.store(false, std::memory_order_relaxed);
}

answer endpoint::move(const operation& operation) noexcept
{
    if (has_hooks()) {
        return ask_hook(operation);
    }
    if (core::makes_connection(operation.kind)) {
        return connect_or_accept(operation);
    }
    answer made = operation.way() == core::direction::send ? send(operation) : receive(operation);
    made.code = code_of(operation, made);
    if (operation.kind == core::operation_kind::shut_down_send && made.code == 0) {
        has_ended_here_.store(true, std::memory_order_relaxed);
    }
    return made;
}

int endpoint::code_of(const operation& operation, const answer& made) noexcept
{
    if (made.code != 0) {
        return explained(operation, made.code);
    }
    // If it was lost the system has told so once, and has an end from then on.
    return made.moved == 0 ? loss_at_end(operation) : 0;
}

// The other direction may be told of it just now, and not have remembered it yet.
int endpoint::loss_at_end(const operation& operation) const noexcept
{
    if (is_tcp_ && operation.way() == core::direction::receive && loss_.load(std::memory_order_relaxed) == 0) {
        operation.channel().lane_in(core::direction::send).wait_for_answer();
    }
    return loss_.load(std::memory_order_relaxed);
}

answer endpoint::connect_or_accept(const operation& operation) const noexcept
{
    const int code = operation.kind == core::operation_kind::connect
                         ? ask_for_connect()
                         : accept_into(*operation.connection.guest, *operation.channel().owner().listens_at());
    return {1, code == 0 ? 1U : 0U, code};
}

// How the connect that was begun has ended; EAGAIN: it has not.
int endpoint::ask_for_connect() const noexcept
{
    int code = pending_error(fd_);
    sockaddr_storage peer{};
    socklen_t peer_size = sizeof peer;
    if (code == 0 && getpeername(fd_, reinterpret_cast<sockaddr*>(&peer), &peer_size) != 0) {
        code = errno == ENOTCONN ? EAGAIN : errno;
    }
    if (code == 0 && is_connected_to_itself(fd_)) {
        code = ECONNREFUSED;
    }
    return code;
}

// MSG_DONTWAIT, since the socket is the user's and may be in blocking mode. MSG_NOSIGNAL, since a broken
// connection is no reason to end the program. LINUX_12_003, LINUX_14_001
answer endpoint::send(const operation& operation) const noexcept
{
    if (operation.left.count() != 1) {
        return send_row(operation);
    }
    const as_buffer piece = operation.left.front();
    return answered_by_kernel(piece.size, uninterrupted_by_kernel([&] { return send_piece(piece); }));
}

long endpoint::send_piece(const as_buffer& piece) const noexcept
{
    return async_socket_send(fd_, piece.data, piece.size, MSG_DONTWAIT | MSG_NOSIGNAL);
}

answer endpoint::send_row(const operation& operation) const noexcept
{
    if (operation.kind == core::operation_kind::shut_down_send) {
        return answered(0, shutdown(fd_, SHUT_WR));
    }
    const round wanted(operation);
    const msghdr message = wanted.message();
    return answered(wanted.bytes(), uninterrupted([&] { return sendmsg(fd_, &message, MSG_DONTWAIT | MSG_NOSIGNAL); }));
}

answer endpoint::receive(const operation& operation) const noexcept
{
    if (operation.left.count() != 1 || !is_tcp_) {
        return receive_row(operation);
    }
    const as_buffer piece = operation.left.front();
    return answered_by_kernel(piece.size, uninterrupted_by_kernel([&] { return receive_piece(piece); }));
}

long endpoint::receive_piece(const as_buffer& piece) const noexcept
{
    return async_socket_recv(fd_, piece.data, piece.size, MSG_DONTWAIT);
}

answer endpoint::receive_row(const operation& operation) const noexcept
{
    const round wanted(operation);
    msghdr message = wanted.message();
    const ssize_t result = uninterrupted([&] { return recvmsg(fd_, &message, MSG_DONTWAIT); });
    const bool is_cut = result >= 0 && (message.msg_flags & MSG_TRUNC) != 0; // a datagram that lost its end
    return is_cut ? answer{wanted.bytes(), 0, EMSGSIZE} : answered(wanted.bytes(), result);
}

// One piece at a time: a hook knows nothing of pieces. LINUX_10_002, LINUX_10_004
answer endpoint::ask_hook(const operation& operation) noexcept
{
    const as_buffer piece = operation.left.front();
    const std::size_t size = std::min<std::size_t>(piece.size, INT_MAX);
    core::socket& owner = operation.channel().owner();
    auto* const handle = reinterpret_cast<ASYNC_SOCKET_TAG*>(&owner);
    const bool is_send = operation.way() == core::direction::send;
    const core::io_hooks hooks = *owner.hooks(); // a hook may destroy it
    const int moved = is_send ? hooks.send(hooks.send_context, handle, piece.data, size)
                              : hooks.receive(hooks.receive_context, handle, piece.data, size);
    if (moved < 0) {
        return {size, 0, errno};
    }
    if (static_cast<std::size_t>(moved) > size) {
        return {size, 0, EPROTO}; // it says that it moved what it was not given
    }
    if (moved == 0 && is_send) {
        return {size, 0, EAGAIN}; // took nothing: as good as later (LINUX_10_003)
    }
    return {size, static_cast<std::uint64_t>(moved), 0};
}

int endpoint::explained(const operation& operation, int code) noexcept
{
    if (has_ended_here_.load(std::memory_order_relaxed) && loss_.load(std::memory_order_relaxed) == 0) {
        if (operation.kind == core::operation_kind::shut_down_send && code == ENOTCONN) {
            return 0; // again, and by now the peer has ended, too
        }
        if (code == EPIPE) {
            return code; // it is this side that has closed
        }
    }
    const bool is_send = operation.way() == core::direction::send;
    if (code == ENOTCONN && is_send) { // of a shutdown: the error that the connection has ended with may be untold
        const int untold = pending_error(fd_);
        code = untold != 0 ? untold : code;
    }
    const bool is_closed = code == EPIPE || (code == ENOTCONN && is_send);
    if (!is_closed) {
        remember_loss(code);
        return code;
    }
    const int loss = loss_.load(std::memory_order_relaxed);
    if (loss != 0) {
        return loss;
    }
    // Of a local connection nobody knows its state; but this side has not ended it.
    const bool is_by_peer = is_tcp_ ? connection_is_over(fd_) : !has_ended_here_.load(std::memory_order_relaxed);
    return is_by_peer ? ECONNRESET : code; // 42_002, LINUX_12_005
}

// Whatever the reason is, the connection is over by it, or it is none: a program may have asked for notices
// (IP_RECVERR) that come as errors of a connection that goes on. No notice says that of a reset. The first counts, as
// of two directions each may be told of one.
void endpoint::remember_loss(int code) noexcept
{
    if (!is_later(code) && (code == ECONNRESET || (is_tcp_ && connection_is_over(fd_)))) {
        std::uint16_t none = 0;
        (void)loss_.compare_exchange_strong(none, static_cast<std::uint16_t>(code), std::memory_order_relaxed);
    }
}

int endpoint::readiness(core::direction way) const noexcept
{
    pollfd asked{fd_, static_cast<short>(way == core::direction::send ? POLLOUT : POLLIN), 0};
    const auto answers = uninterrupted([&] { return poll(&asked, 1, 0); });
    if (answers < 0) {
        return errno;
    }
    if (answers == 0) {
        return EAGAIN;
    }
    if ((asked.revents & POLLNVAL) != 0 || ((asked.revents & POLLERR) != 0 && has_failed())) {
        return EIO;
    }
    return (asked.revents & ~POLLERR) != 0 ? 0 : EAGAIN;
}

// Only of a TCP connection is the state known.
bool endpoint::has_failed() const noexcept
{
    return !is_tcp_ || connection_is_over(fd_);
}

} // namespace async_socket::linux_os
