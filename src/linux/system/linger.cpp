#include "linux/system/linger.hpp"

#include <sys/socket.h>

#include "core/platform/last_error.hpp"

namespace async_socket::linux_os {

namespace {

linger lingering_of(int socket) noexcept
{
    linger now{};
    socklen_t size = sizeof now;
    return ::getsockopt(socket, SOL_SOCKET, SO_LINGER, &now, &size) == 0 ? now : linger{};
}

} // namespace

bool ends_with_reset(int socket) noexcept
{
    const linger now = lingering_of(socket);
    return now.l_onoff != 0 && now.l_linger == 0;
}

void forget_lingering(int socket) noexcept
{
    const backend::last_error_guard keep;
    const linger now = lingering_of(socket);
    if (now.l_onoff != 0 && now.l_linger != 0) {
        constexpr linger none{};
        (void)::setsockopt(socket, SOL_SOCKET, SO_LINGER, &none, sizeof none);
    }
}

} // namespace async_socket::linux_os
