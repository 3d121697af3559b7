#include "linux/socket/endpoint.hpp"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <climits>

#include "core/socket.hpp"
#include "linux/socket/channel.hpp"

namespace async_socket::linux_os {

namespace {

// What the system moves at most in one call, and how many pieces it takes.
constexpr std::uint64_t max_bytes_in_a_call = 0x7ffff000;
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

struct round {
    std::uint64_t bytes;
    std::uint32_t pieces;
};

// What one call can move of the operation. LINUX_12_002
round next_round(const operation& operation) noexcept
{
    if (operation.piece_count() == 1) {
        return {std::min<std::uint64_t>(operation.pieces()->iov_len, max_bytes_in_a_call), 1};
    }
    const std::uint32_t pieces = std::min(operation.piece_count(), max_pieces_in_a_call);
    std::uint64_t bytes = 0;
    for (std::uint32_t i = 0; i < pieces; ++i) {
        bytes += operation.pieces()[i].iov_len;
    }
    return {std::min(bytes, max_bytes_in_a_call), pieces};
}

answer result_of(const round& wanted, ssize_t result) noexcept
{
    return result < 0 ? answer{wanted.bytes, 0, errno} : answer{wanted.bytes, static_cast<std::uint64_t>(result), 0};
}

msghdr message_of(const operation& operation, const round& wanted) noexcept
{
    msghdr message{};
    message.msg_iov = operation.pieces();
    message.msg_iovlen = wanted.pieces;
    return message;
}

bool is_tcp_socket(int fd) noexcept
{
    int protocol = 0;
    socklen_t size = sizeof protocol;
    return getsockopt(fd, SOL_SOCKET, SO_PROTOCOL, &protocol, &size) == 0 && protocol == IPPROTO_TCP;
}

// Not only shut down for sending, which has the same error.
bool connection_is_over(int fd) noexcept
{
    tcp_info info{};
    socklen_t size = sizeof info;
    return getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &size) == 0 && info.tcpi_state == TCP_CLOSE;
}

} // namespace

void endpoint::set(int fd, const core::socket& owner) noexcept
{
    fd_ = fd;
    is_tcp_ = is_tcp_socket(fd);
    has_hooks_ = owner.hooks() != nullptr;
    was_reset_.store(false, std::memory_order_relaxed);
}

answer endpoint::move(const operation& operation) noexcept
{
    if (has_hooks()) {
        return ask_hook(operation);
    }
    answer made = operation.way() == core::direction::send ? send(operation) : receive(operation);
    if (made.code != 0) {
        made.code = explained(made.code);
    }
    return made;
}

// MSG_DONTWAIT, since the socket is the user's and may be in blocking mode. MSG_NOSIGNAL, since a broken
// connection is no reason to end the program. LINUX_12_003, LINUX_14_001
answer endpoint::send(const operation& operation) const noexcept
{
    const round wanted = next_round(operation);
    if (wanted.pieces == 1) {
        const iovec& piece = *operation.pieces();
        return result_of(wanted, uninterrupted([&] {
                             return ::send(fd_, piece.iov_base, piece.iov_len, MSG_DONTWAIT | MSG_NOSIGNAL);
                         }));
    }
    const msghdr message = message_of(operation, wanted);
    return result_of(wanted, uninterrupted([&] { return sendmsg(fd_, &message, MSG_DONTWAIT | MSG_NOSIGNAL); }));
}

answer endpoint::receive(const operation& operation) const noexcept
{
    const round wanted = next_round(operation);
    if (wanted.pieces == 1 && is_tcp_) {
        const iovec& piece = *operation.pieces();
        return result_of(wanted, uninterrupted([&] { return recv(fd_, piece.iov_base, piece.iov_len, MSG_DONTWAIT); }));
    }
    msghdr message = message_of(operation, wanted);
    const ssize_t result = uninterrupted([&] { return recvmsg(fd_, &message, MSG_DONTWAIT); });
    if (result >= 0 && (message.msg_flags & MSG_TRUNC) != 0) {
        return {wanted.bytes, 0, EMSGSIZE}; // a datagram that lost its end
    }
    return result_of(wanted, result);
}

// One piece at a time: a hook knows nothing of pieces. LINUX_10_002, LINUX_10_004
answer endpoint::ask_hook(const operation& operation) noexcept
{
    const iovec& piece = *operation.pieces();
    const std::size_t size = std::min<std::size_t>(piece.iov_len, INT_MAX);
    core::socket& owner = operation.channel().owner();
    auto* const handle = reinterpret_cast<ASYNC_SOCKET_TAG*>(&owner);
    const bool is_send = operation.way() == core::direction::send;
    const core::io_hooks hooks = *owner.hooks(); // a hook may destroy it
    const int moved = is_send ? hooks.send(hooks.send_context, handle, piece.iov_base, size)
                              : hooks.receive(hooks.receive_context, handle, piece.iov_base, size);
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

int endpoint::explained(int code) noexcept
{
    if (code == ECONNRESET) {
        was_reset_.store(true, std::memory_order_relaxed);
    }
    if (code == EPIPE && (was_reset_.load(std::memory_order_relaxed) || connection_is_over(fd_))) {
        return ECONNRESET; // 42_002, LINUX_12_005
    }
    return code;
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
