// Sockets that are made here: those that listen, and those that connect.
#include "win32/socket/open_socket.hpp"

#include <algorithm>

#include "core/address/address.hpp"
#include "core/common/log.hpp"
#include "core/connect/attempt.hpp"
#include "core/listener/doors.hpp"
#include "core/platform/system_address.hpp"
#include "core/platform/system_socket.hpp"
#include "win32/system/error.hpp"
#include "win32/system/winsock.hpp"
#include "win32/transport/transport.hpp"

namespace async_socket::win32 {

backend::unique_socket open_stream_socket(int family) noexcept
{
    return own(
        WSASocketW(family, SOCK_STREAM, IPPROTO_TCP, nullptr, 0, WSA_FLAG_OVERLAPPED | WSA_FLAG_NO_HANDLE_INHERIT));
}

} // namespace async_socket::win32

namespace async_socket::backend {

namespace {

const sockaddr* system_form(const as_address& address) noexcept
{
    return reinterpret_cast<const sockaddr*>(address.system);
}

unique_socket open_for(const as_address& address) noexcept
{
    if (!win32::start_winsock()) {
        SetLastError(WSASYSNOTREADY);
        return {};
    }
    return win32::open_stream_socket(system_form(address)->sa_family);
}

// SO_EXCLUSIVEADDRUSE: Windows would let another program take the port over. One whose connections have not faded away
// can be had all the same.
bool set_options(SOCKET socket, as_family family, const core::door_options& options) noexcept
{
    return win32::set_number(socket, SOL_SOCKET, SO_EXCLUSIVEADDRUSE, TRUE) &&
           (family != AS_IPV6 ||
            win32::set_number(socket, IPPROTO_IPV6, IPV6_V6ONLY, options.ipv6_only ? TRUE : FALSE));
}

// Windows takes a plain number up to 200; more it takes as a hint, below 0. SOMAXCONN is what the system thinks best.
int backlog_of(const core::door_options& options) noexcept
{
    constexpr std::uint32_t most_as_it_is = 200;
    constexpr std::uint32_t most = 65535;
    if (options.backlog == 0) {
        return SOMAXCONN;
    }
    const auto wanted = static_cast<int>(std::min(options.backlog, most));
    return options.backlog <= most_as_it_is ? wanted : -wanted;
}

bool bind_at(SOCKET socket, const as_address& address) noexcept
{
    return ::bind(socket, system_form(address), static_cast<int>(address.size)) == 0;
}

bool ask_for_address(SOCKET socket, as_address& bound) noexcept
{
    sockaddr_storage found{};
    int size = sizeof found;
    const bool is_known = getsockname(socket, reinterpret_cast<sockaddr*>(&found), &size) == 0;
    if (is_known) { // of the family that it was bound to, which we have
        (void)take_address(&found, static_cast<std::size_t>(size), bound);
    }
    return is_known;
}

core::refusal refusal_of_last_error() noexcept
{
    return win32::refusal_of(GetLastError());
}

core::refusal listen_at(SOCKET socket, const as_address& address, const core::door_options& options,
                        as_address& bound) noexcept
{
    const core::refusal refused = core::set_options(reinterpret_cast<SOCKET_HANDLE>(socket), options.of_streams);
    if (!refused.is_none()) {
        return refused;
    }
    const bool listens = set_options(socket, family_of(address), options) && bind_at(socket, address) &&
                         ::listen(socket, backlog_of(options)) == 0 && ask_for_address(socket, bound);
    return listens ? core::refusal{} : refusal_of_last_error();
}

// ConnectEx wants it bound.
core::refusal come_from(const as_address* from, SOCKET socket, as_family family) noexcept
{
    as_address any{};
    (void)core::make_any(family, 0, any);
    const as_address& address = from != nullptr ? *from : any;
    if (family_of(address) != family) {
        return {core::ending::unreachable, WSAEAFNOSUPPORT};
    }
    return bind_at(socket, address) ? core::refusal{} : refusal_of_last_error();
}

} // namespace

unique_socket open_door(const as_address& address, const core::door_options& options, as_address& bound,
                        core::refusal& why) noexcept
{
    unique_socket socket = open_for(address);
    why = socket ? listen_at(win32::to_socket(socket.get()), address, options, bound) : refusal_of_last_error();
    if (!why.is_none()) {
        socket.reset();
    }
    return socket;
}

bool is_taken(std::uint32_t code) noexcept
{
    return code == WSAEADDRINUSE || code == WSAEACCES; // the latter where somebody else has it for himself
}

unique_socket open_connecting(const as_address& address, const core::attempt_options& how, core::refusal& why) noexcept
{
    unique_socket socket = open_for(address);
    why = socket ? core::set_options(socket.get(), how.options) : refusal_of_last_error();
    if (why.is_none()) {
        why = come_from(how.from, win32::to_socket(socket.get()), family_of(address));
    }
    if (!why.is_none()) {
        socket.reset();
    }
    return socket;
}

} // namespace async_socket::backend
