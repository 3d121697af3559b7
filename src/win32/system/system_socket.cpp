#include "core/platform/system_socket.hpp"

#include <cstdint>

#include "core/platform/system_address.hpp"
#include "win32/system/error.hpp"
#include "win32/system/win.hpp"

namespace async_socket::backend {

namespace {

// Of the SDK, where mingw-w64 has none: ws2ipdef.h.
constexpr int tcp_keep_idle = 3;
constexpr int tcp_max_retransmission_ms = 14;
constexpr int tcp_keep_count = 16;
constexpr int tcp_keep_interval = 17;

SOCKET to_socket(SOCKET_HANDLE socket) noexcept
{
    return reinterpret_cast<SOCKET>(socket);
}

struct place {
    int level;
    int name; // 0: there is no such option
};

// Of the options that are one int.
place place_of(as_option option) noexcept
{
    switch (option) {
    case AS_OPTION_NO_DELAY:
        return {IPPROTO_TCP, TCP_NODELAY};
    case AS_OPTION_KEEP_ALIVE:
        return {SOL_SOCKET, SO_KEEPALIVE};
    case AS_OPTION_KEEP_ALIVE_IDLE:
        return {IPPROTO_TCP, tcp_keep_idle};
    case AS_OPTION_KEEP_ALIVE_INTERVAL:
        return {IPPROTO_TCP, tcp_keep_interval};
    case AS_OPTION_KEEP_ALIVE_COUNT:
        return {IPPROTO_TCP, tcp_keep_count};
    case AS_OPTION_SEND_BUFFER:
        return {SOL_SOCKET, SO_SNDBUF};
    case AS_OPTION_RECEIVE_BUFFER:
        return {SOL_SOCKET, SO_RCVBUF};
    case AS_OPTION_USER_TIMEOUT:
        return {IPPROTO_TCP, tcp_max_retransmission_ms};
    default:
        return {IPPROTO_TCP, 0};
    }
}

core::refusal result_of(int answer) noexcept
{
    if (answer == 0) {
        return {};
    }
    const auto code = static_cast<DWORD>(WSAGetLastError());
    return {win32::ending_of_refusal(code), code};
}

template <typename Value>
core::refusal set(SOCKET socket, const place& where, const Value& value) noexcept
{
    return result_of(setsockopt(socket, where.level, where.name, reinterpret_cast<const char*>(&value), sizeof value));
}

template <typename Value>
core::refusal get(SOCKET socket, const place& where, Value& value) noexcept
{
    int size = sizeof value;
    return result_of(getsockopt(socket, where.level, where.name, reinterpret_cast<char*>(&value), &size));
}

constexpr place lingering{SOL_SOCKET, SO_LINGER};
constexpr core::refusal no_such_option{core::ending::not_available, WSAENOPROTOOPT};

// As decltype has it: the calling convention is a part of it.
core::refusal address_by(decltype(&getsockname) name_of, SOCKET socket, as_address& address) noexcept
{
    sockaddr_storage form{};
    int size = sizeof form;
    const core::refusal refused = result_of(name_of(socket, reinterpret_cast<sockaddr*>(&form), &size));
    return refused.is_none() ? core::refusal{take_address(&form, static_cast<std::size_t>(size), address)} : refused;
}

} // namespace

core::refusal set_option(SOCKET_HANDLE socket, as_option option, std::uint64_t value) noexcept
{
    if (option == AS_OPTION_LINGER) {
        const bool is_on = value != AS_NO_LINGER;
        const linger asked{static_cast<u_short>(is_on ? 1 : 0), static_cast<u_short>(is_on ? value : 0)};
        return set(to_socket(socket), lingering, asked);
    }
    const place where = place_of(option);
    return where.name != 0 ? set(to_socket(socket), where, static_cast<DWORD>(value)) : no_such_option;
}

core::refusal get_option(SOCKET_HANDLE socket, as_option option, std::uint64_t& value) noexcept
{
    if (option == AS_OPTION_LINGER) {
        linger now{};
        const core::refusal refused = get(to_socket(socket), lingering, now);
        value = refused.is_none() ? (now.l_onoff != 0 ? now.l_linger : AS_NO_LINGER) : value;
        return refused;
    }
    const place where = place_of(option);
    DWORD now = 0; // the system may write a single byte of it
    const core::refusal refused = where.name != 0 ? get(to_socket(socket), where, now) : no_such_option;
    value = refused.is_none() ? now : value;
    return refused;
}

core::refusal local_address(SOCKET_HANDLE socket, as_address& address) noexcept
{
    return address_by(getsockname, to_socket(socket), address);
}

core::refusal remote_address(SOCKET_HANDLE socket, as_address& address) noexcept
{
    return address_by(getpeername, to_socket(socket), address);
}

core::refusal bytes_to_receive(SOCKET_HANDLE socket, std::uint64_t& bytes) noexcept
{
    u_long waiting = 0;
    const core::refusal refused = result_of(ioctlsocket(to_socket(socket), FIONREAD, &waiting));
    bytes = refused.is_none() ? waiting : bytes;
    return refused;
}

// SIO_TCP_INFO of newer systems tells what is in flight, and not what waits behind it.
core::refusal bytes_unacknowledged(SOCKET_HANDLE /*socket*/, std::uint64_t& /*bytes*/) noexcept
{
    return no_such_option;
}

// Wine has no way to ask, and Windows' own (SIO_TCP_INFO) could not be tried.
core::refusal unconfirmed(SOCKET_HANDLE /*socket*/, std::uint64_t& bytes) noexcept
{
    bytes = 0;
    return {};
}

} // namespace async_socket::backend
