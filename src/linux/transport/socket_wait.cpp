#include "linux/transport/socket_wait.hpp"

#include <algorithm>
#include <cerrno>
#include <climits>

namespace async_socket::linux_os {

namespace {

constexpr int no_limit = -1;

// timed_out also when a signal came: whoever has time left waits again.
readiness poll_once(int socket, short events, int timeout_ms) noexcept
{
    pollfd asked{socket, events, 0};
    const int ready = ::poll(&asked, 1, timeout_ms);
    if (ready > 0) {
        return readiness::ready;
    }
    return ready == 0 || errno == EINTR ? readiness::timed_out : readiness::failed;
}

} // namespace

readiness wait_ready(int socket, short events, const core::countdown& limit) noexcept
{
    for (;;) {
        const std::uint32_t left_ms = limit.left_ms();
        const int timeout_ms = static_cast<int>(std::min<std::uint32_t>(left_ms, INT_MAX));
        const readiness result = poll_once(socket, events, timeout_ms);
        if (result != readiness::timed_out || left_ms == 0) {
            return result;
        }
    }
}

readiness wait_ready(int socket, short events) noexcept
{
    readiness result = readiness::timed_out;
    while (result == readiness::timed_out) {
        result = poll_once(socket, events, no_limit);
    }
    return result;
}

} // namespace async_socket::linux_os
