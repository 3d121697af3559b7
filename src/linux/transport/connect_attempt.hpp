// Lets one thread end a connect that another is in.
#pragma once

#include "core/lock.hpp"

namespace async_socket::linux_os {

class connect_attempt {
public:
    connect_attempt() = default;
    connect_attempt(const connect_attempt&) = delete;
    connect_attempt& operator=(const connect_attempt&) = delete;

    // By the connecting thread. A cancel counts from begin to end only.
    void begin() noexcept;
    // The socket that is connected now (-1: none). False, with errno set, if the attempt was cancelled.
    [[nodiscard]] bool watch(int socket) noexcept;
    // False, with errno set, if it was cancelled, perhaps a moment after the connection.
    [[nodiscard]] bool end() noexcept;

    // By any thread.
    void cancel() noexcept;

private:
    core::lock lock_;
    bool active_ = false;
    bool cancelled_ = false;
    int socket_ = -1;
};

// Names a socket to the attempt for one scope; ends before the socket is closed.
class watched_socket {
public:
    watched_socket(connect_attempt& attempt, int socket) noexcept : attempt_(attempt), accepted_(attempt.watch(socket))
    {
    }
    ~watched_socket() { (void)attempt_.watch(-1); }
    watched_socket(const watched_socket&) = delete;
    watched_socket& operator=(const watched_socket&) = delete;

    // False, with errno set: the attempt was cancelled.
    [[nodiscard]] bool may_go_on() const noexcept { return accepted_; }

private:
    connect_attempt& attempt_;
    bool accepted_;
};

} // namespace async_socket::linux_os
