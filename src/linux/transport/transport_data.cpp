// What socket_transport_send and _receive need of the system.
#include <sys/socket.h>
#include <sys/uio.h>

#include <cerrno>
#include <climits>

#include "core/transport/piece_cursor.hpp"
#include "linux/system/error.hpp"
#include "linux/transport/socket_wait.hpp"
#include "linux/transport/transport.hpp"

namespace async_socket::backend {

namespace {

using core::piece_cursor;
using linux_os::readiness;

// The socket's own limit for blocking calls (SO_RCVTIMEO, SO_SNDTIMEO); 0 if it has none.
std::uint32_t time_limit_ms(int socket, int option) noexcept
{
    timeval limit{};
    socklen_t size = sizeof limit;
    if (::getsockopt(socket, SOL_SOCKET, option, &limit, &size) != 0) {
        return 0;
    }
    const std::uint64_t ms =
        static_cast<std::uint64_t>(limit.tv_sec) * 1000 + (static_cast<std::uint64_t>(limit.tv_usec) + 999) / 1000;
    return ms < UINT32_MAX ? static_cast<std::uint32_t>(ms) : UINT32_MAX;
}

// True when it is worth trying again. Otherwise errno says why not.
bool wait_as_the_socket_would(int socket, short events) noexcept
{
    const std::uint32_t limit_ms = time_limit_ms(socket, events == POLLIN ? SO_RCVTIMEO : SO_SNDTIMEO);
    const readiness result = limit_ms == 0 ? linux_os::wait_ready(socket, events)
                                           : linux_os::wait_ready(socket, events, core::countdown(limit_ms));
    if (result == readiness::timed_out) {
        errno = ETIMEDOUT;
    }
    return result == readiness::ready;
}

// One system call that does not block; repeated when a signal came.
template <typename Call>
ssize_t move_bytes(Call call, int socket, const piece_cursor& pieces, int flags) noexcept
{
    iovec parts[IOV_MAX];
    msghdr message{};
    message.msg_iov = parts;
    message.msg_iovlen = pieces.describe(parts);
    ssize_t moved = 0;
    do {
        moved = call(socket, &message, flags | MSG_DONTWAIT | MSG_NOSIGNAL);
    } while (moved < 0 && errno == EINTR);
    return moved;
}

// All pieces; without waiting (MSG_DONTWAIT) what there is room for. -1 with errno on a failure, and when
// nothing could be sent.
std::int64_t send_pieces(int socket, piece_cursor pieces, int flags) noexcept
{
    std::int64_t sent = 0;
    while (!pieces.at_end()) {
        const ssize_t step = move_bytes(::sendmsg, socket, pieces, flags);
        if (step >= 0) {
            pieces.advance(static_cast<std::size_t>(step));
            sent += step;
            continue;
        }
        const bool full = linux_os::is_later(errno);
        if (full && (flags & MSG_DONTWAIT) != 0) {
            return sent != 0 ? sent : -1;
        }
        if (!full || !wait_as_the_socket_would(socket, POLLOUT)) {
            return -1;
        }
    }
    return sent;
}

std::int64_t send_in_turn(core::transport& transport, const piece_cursor& pieces, int flags) noexcept
{
    pthread_mutex_t& turn = transport::of(transport).send_lock();
    if ((flags & MSG_DONTWAIT) == 0) {
        (void)::pthread_mutex_lock(&turn);
    } else if (::pthread_mutex_trylock(&turn) != 0) {
        errno = EAGAIN;
        return -1;
    }
    const std::int64_t sent = send_pieces(transport.socket().get(), pieces, flags);
    (void)::pthread_mutex_unlock(&turn);
    return sent;
}

// The first bytes that are there.
ssize_t receive_pieces(int socket, const piece_cursor& pieces, int flags) noexcept
{
    if (pieces.at_end() || (flags & MSG_WAITALL) != 0) {
        errno = pieces.at_end() ? EINVAL : EOPNOTSUPP; // no room would look like the end of the stream
        return -1;
    }
    for (;;) {
        const ssize_t received = move_bytes(::recvmsg, socket, pieces, flags);
        const bool wait = received < 0 && linux_os::is_later(errno) && (flags & MSG_DONTWAIT) == 0;
        if (!wait) {
            return received;
        }
        if (!wait_as_the_socket_would(socket, POLLIN)) {
            return -1;
        }
    }
}

// What a call has moved, or its error: a negative count and errno.
std::uint32_t tell(std::int64_t count, std::uint32_t* moved) noexcept
{
    if (count < 0) {
        return static_cast<std::uint32_t>(errno);
    }
    if (moved != nullptr) {
        *moved = static_cast<std::uint32_t>(count);
    }
    return 0;
}

} // namespace

std::uint32_t send(core::transport& transport, const SOCKET_BUFFER* payload, std::uint32_t count, std::uint32_t* moved,
                   std::uint32_t flags, void* /*data*/) noexcept
{
    if (piece_cursor(payload, count).length() > UINT32_MAX) { // the result could not tell it
        return EMSGSIZE;
    }
    const std::int64_t sent = send_in_turn(transport, piece_cursor(payload, count), static_cast<int>(flags));
    return sent < 0 && !transport.is_open() ? ECANCELED : tell(sent, moved); // our own disconnect ended it
}

std::uint32_t receive(core::transport& transport, SOCKET_BUFFER* payload, std::uint32_t count, std::uint32_t* moved,
                      std::uint32_t flags, void* /*data*/) noexcept
{
    const ssize_t received =
        receive_pieces(transport.socket().get(), piece_cursor(payload, count), static_cast<int>(flags));
    // Our own disconnect looks like the peer's end.
    return received <= 0 && !transport.is_open() ? ECANCELED : tell(received, moved);
}

} // namespace async_socket::backend
