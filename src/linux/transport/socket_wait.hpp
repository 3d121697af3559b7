// Waiting until one socket is ready. What ends such a wait from outside is a shutdown of the socket.
#pragma once

#include <poll.h>

#include "core/common/countdown.hpp"

namespace async_socket::linux_os {

enum class readiness { ready, timed_out, failed };

// `events`: POLLIN or POLLOUT. A hang-up and an error are "ready": the call that was waited for tells them.
// failed: errno says why.
[[nodiscard]] readiness wait_ready(int socket, short events, const core::countdown& limit) noexcept;
[[nodiscard]] readiness wait_ready(int socket, short events) noexcept;

} // namespace async_socket::linux_os
