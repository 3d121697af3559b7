#include "linux/non_blocking_end.hpp"

#include <cerrno>
#include <fcntl.h>
#include <sys/socket.h>

#include "support/failure.hpp"

namespace bench {

namespace {

// Sends between two looks at the other sockets. Nothing is outstanding in a loop of this kind, whatever the workload
// says: a send has either gone or there is no room. A few at once save calls of epoll; without a limit the bytes
// would be out of the cache before anybody reads them. 8 was the fastest of 1 to 1000.
constexpr unsigned sends_at_once = 8;

} // namespace

non_blocking_end::non_blocking_end(trial& trial, std::size_t index, bool is_client) noexcept
    : trial_(trial),
      index_(index),
      buffer_(is_client ? trial.client_buffer(index) : trial.server_buffer(index)),
      is_client_(is_client)
{
}

void non_blocking_end::open(int socket) noexcept
{
    require(fcntl(socket, F_SETFL, O_NONBLOCK) == 0, "fcntl");
    socket_ = socket;
    written_ = 0;
    to_send_ = 0;
}

non_blocking_end::wish non_blocking_end::start() noexcept
{
    out_ = trial_.message();
    to_send_ = trial_[index_].client.opened();
    return write();
}

non_blocking_end::wish non_blocking_end::follow(next what, std::size_t received) noexcept
{
    if (what == next::send) {
        out_ = is_client_ ? trial_.message() : std::span<const char>(buffer_.first(received));
        ++to_send_;
        return write();
    }
    return what == next::close ? wish::close : wish::nothing;
}

non_blocking_end::wish non_blocking_end::on_readable(bool is_last_event) noexcept
{
    session& own = trial_[index_];
    if (is_client_ && !own.client.receives()) {
        return wish::nothing;
    }
    for (;;) {
        const ssize_t received = recv(socket_, buffer_.data(), buffer_.size(), 0);
        if (received < 0 && errno == EAGAIN) {
            return wish::nothing;
        }
        if (received == 0 || (received < 0 && errno == ECONNRESET)) {
            require(!is_client_, "the client's receive");
            return wish::close;
        }
        require(received > 0, "recv");
        const auto bytes = static_cast<std::size_t>(received);
        const wish then = follow(is_client_ ? own.client.received(bytes) : own.server.received(bytes), bytes);
        // A short read has emptied the socket, and what comes later is another event; but no event comes after that of
        // the end.
        if (then != wish::nothing || (bytes < buffer_.size() && !is_last_event)) {
            return then;
        }
    }
}

non_blocking_end::wish non_blocking_end::on_writable() noexcept
{
    return to_send_ == 0 || waits_for_turn_ ? wish::nothing : write();
}

non_blocking_end::wish non_blocking_end::on_turn() noexcept
{
    waits_for_turn_ = false;
    return write();
}

non_blocking_end::wish non_blocking_end::write() noexcept
{
    for (unsigned turn = sends_at_once; to_send_ > 0; --turn) {
        if (turn == 0) {
            waits_for_turn_ = true;
            return wish::again;
        }
        const ssize_t sent = send(socket_, out_.data() + written_, out_.size() - written_, MSG_NOSIGNAL);
        if (sent < 0 && errno == EAGAIN) {
            return wish::nothing;
        }
        require(sent > 0, "send");
        written_ += static_cast<std::size_t>(sent);
        if (written_ < out_.size()) {
            return wish::nothing; // the socket is full: an event will tell of room
        }
        written_ = 0;
        --to_send_;
        const next then = is_client_ ? trial_[index_].client.sent() : next::nothing;
        if (then == next::close) {
            return wish::close;
        }
        to_send_ += then == next::send ? 1 : 0;
    }
    return wish::nothing;
}

} // namespace bench
