// Sockets that are made here: those that listen, and those that connect.
#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <climits>

#include "core/connect/attempt.hpp"
#include "core/listener/doors.hpp"
#include "core/platform/system_address.hpp"
#include "core/platform/system_socket.hpp"
#include "linux/system/error.hpp"
#include "linux/system/number_option.hpp"

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

bool set_options(int socket, as_family family, const core::door_options& options) noexcept
{
    return (family != AS_IPV6 || linux_os::set_number(socket, IPPROTO_IPV6, IPV6_V6ONLY, options.ipv6_only ? 1 : 0)) &&
           (!options.reuse_address || linux_os::set_number(socket, SOL_SOCKET, SO_REUSEADDR, 1));
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

bool bind_at(int socket, const as_address& address) noexcept
{
    return ::bind(socket, system_form(address), address.size) == 0;
}

core::refusal listen_at(int socket, const as_address& address, const core::door_options& options,
                        as_address& bound) noexcept
{
    const core::refusal refused = core::set_options(socket, options.of_streams);
    if (!refused.is_none()) {
        return refused;
    }
    const bool listens = set_options(socket, family_of(address), options) && bind_at(socket, address) &&
                         ::listen(socket, backlog_of(options)) == 0 && ask_for_address(socket, bound);
    return listens ? core::refusal{} : refusal_of_errno();
}

// If the system chooses the port it waits for the connect to do so: then one will do that has other peers already.
// Where it cannot wait there are fewer.
core::refusal come_from(const as_address& from, int socket, as_family family) noexcept
{
    if (family_of(from) != family) {
        return {core::ending::unreachable, EAFNOSUPPORT};
    }
    (void)linux_os::set_number(socket, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, 1);
    return bind_at(socket, from) ? core::refusal{} : refusal_of_errno();
}

core::refusal prepare(int socket, as_family family, const core::attempt_options& how) noexcept
{
    const core::refusal refused = core::set_options(socket, how.options);
    return refused.is_none() && how.from != nullptr ? come_from(*how.from, socket, family) : refused;
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

// After EINTR the connect goes on, as after EINPROGRESS.
core::refusal connect_to(int socket, const as_address& address) noexcept
{
    const bool has_begun =
        ::connect(socket, system_form(address), address.size) == 0 || errno == EINPROGRESS || errno == EINTR;
    return has_begun ? core::refusal{} : refusal_of_connect(errno);
}

} // namespace

unique_socket open_door(const as_address& address, const core::door_options& options, as_address& bound,
                        core::refusal& why) noexcept
{
    unique_socket socket = open_for(address);
    why = socket ? listen_at(socket.get(), address, options, bound) : refusal_of_errno();
    if (!why.is_none()) {
        socket.reset();
    }
    return socket;
}

bool is_taken(std::uint32_t code) noexcept
{
    return code == EADDRINUSE;
}

unique_socket open_connecting(const as_address& address, const core::attempt_options& how, core::refusal& why) noexcept
{
    unique_socket socket = open_for(address);
    why = socket ? prepare(socket.get(), family_of(address), how) : refusal_of_errno();
    if (why.is_none()) {
        why = connect_to(socket.get(), address);
    }
    if (!why.is_none()) {
        socket.reset();
    }
    return socket;
}

} // namespace async_socket::backend
