// Sockets that are made here: those that listen, and those that connect.
#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <climits>

#include "core/connect/attempt.hpp"
#include "core/doors.hpp"
#include "core/system_address.hpp"
#include "linux/system/error.hpp"

namespace async_socket::backend {

namespace {

const sockaddr* system_form(const as_address& address) noexcept
{
    return reinterpret_cast<const sockaddr*>(address.system);
}

unique_socket open_for(const as_address& address) noexcept
{
    return unique_socket(::socket(system_form(address)->sa_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
}

bool set_option(int socket, int level, int option, int value) noexcept
{
    return ::setsockopt(socket, level, option, &value, sizeof value) == 0;
}

bool set_options(int socket, as_family family, const core::door_options& options) noexcept
{
    return (family != AS_IPV6 || set_option(socket, IPPROTO_IPV6, IPV6_V6ONLY, options.ipv6_only ? 1 : 0)) &&
           (!options.reuse_address || set_option(socket, SOL_SOCKET, SO_REUSEADDR, 1));
}

int backlog_of(const core::door_options& options) noexcept
{
    return options.backlog != 0 ? static_cast<int>(std::min<std::uint32_t>(options.backlog, INT_MAX)) : INT_MAX;
}

bool ask_for_address(int socket, as_address& bound) noexcept
{
    sockaddr_storage found{};
    socklen_t size = sizeof found;
    return ::getsockname(socket, reinterpret_cast<sockaddr*>(&found), &size) == 0 &&
           take_address(&found, size, bound) == core::ending::done;
}

core::refusal refusal_of_errno() noexcept
{
    return linux_os::refusal_of(errno);
}

// Of local addresses the system has words of its own.
core::refusal refusal_of_connect(int code) noexcept
{
    const auto told = static_cast<std::uint32_t>(code);
    switch (code) {
    case EAGAIN: // the listener's queue is full
        return {core::ending::no_room, told};
    case ENOENT: // no such file
        return {core::ending::refused, told};
    default:
        return linux_os::refusal_of(code);
    }
}

} // namespace

unique_socket open_door(const as_address& address, const core::door_options& options, as_address& bound,
                        core::refusal& why) noexcept
{
    unique_socket socket = open_for(address);
    if (!socket || !set_options(socket.get(), family_of(address), options) ||
        ::bind(socket.get(), system_form(address), address.size) != 0 ||
        ::listen(socket.get(), backlog_of(options)) != 0 || !ask_for_address(socket.get(), bound)) {
        why = refusal_of_errno();
        socket.reset();
    }
    return socket;
}

bool is_taken(std::uint32_t code) noexcept
{
    return code == EADDRINUSE;
}

unique_socket open_connecting(const as_address& address, core::refusal& why) noexcept
{
    unique_socket socket = open_for(address);
    // After EINTR the connect goes on, as after EINPROGRESS.
    if (!socket ||
        (::connect(socket.get(), system_form(address), address.size) != 0 && errno != EINPROGRESS && errno != EINTR)) {
        why = refusal_of_connect(errno);
        socket.reset();
    }
    return socket;
}

} // namespace async_socket::backend
