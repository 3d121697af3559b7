#include "core/platform/system_socket.hpp"

#include <linux/sockios.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <cerrno>
#include <cstdint>

#include "core/platform/system_address.hpp"
#include "linux/system/error.hpp"
#include "linux/system/protocol.hpp"

namespace async_socket::backend {

namespace {

struct place {
    int level;
    int name;
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
        return {IPPROTO_TCP, TCP_KEEPIDLE};
    case AS_OPTION_KEEP_ALIVE_INTERVAL:
        return {IPPROTO_TCP, TCP_KEEPINTVL};
    case AS_OPTION_KEEP_ALIVE_COUNT:
        return {IPPROTO_TCP, TCP_KEEPCNT};
    case AS_OPTION_SEND_BUFFER:
        return {SOL_SOCKET, SO_SNDBUF};
    case AS_OPTION_RECEIVE_BUFFER:
        return {SOL_SOCKET, SO_RCVBUF};
    case AS_OPTION_USER_TIMEOUT:
        return {IPPROTO_TCP, TCP_USER_TIMEOUT};
    default:
        return {IPPROTO_TCP, TCP_NOTSENT_LOWAT};
    }
}

core::refusal result_of(int answer) noexcept
{
    return answer == 0 ? core::refusal{} : linux_os::refusal_of(errno);
}

template <typename Value>
core::refusal set(int socket, const place& where, const Value& value) noexcept
{
    return result_of(::setsockopt(socket, where.level, where.name, &value, sizeof value));
}

template <typename Value>
core::refusal get(int socket, const place& where, Value& value) noexcept
{
    socklen_t size = sizeof value;
    return result_of(::getsockopt(socket, where.level, where.name, &value, &size));
}

constexpr place lingering{SOL_SOCKET, SO_LINGER};

using name_call = int (*)(int socket, sockaddr* address, socklen_t* size);

core::refusal address_by(name_call name_of, int socket, as_address& address) noexcept
{
    sockaddr_storage form{};
    socklen_t size = sizeof form;
    if (name_of(socket, reinterpret_cast<sockaddr*>(&form), &size) != 0) {
        return linux_os::refusal_of(errno);
    }
    return {take_address(&form, size, address)};
}

core::refusal count(int socket, unsigned long request, std::uint64_t& bytes) noexcept
{
    int waiting = 0;
    const core::refusal refused = result_of(::ioctl(socket, request, &waiting));
    bytes = refused.is_none() ? static_cast<std::uint64_t>(waiting) : bytes;
    return refused;
}

} // namespace

core::refusal set_option(SOCKET_HANDLE socket, as_option option, std::uint64_t value) noexcept
{
    if (option == AS_OPTION_LINGER) {
        const bool is_on = value != AS_NO_LINGER;
        return set(socket, lingering, linger{is_on ? 1 : 0, is_on ? static_cast<int>(value) : 0});
    }
    return set(socket, place_of(option), static_cast<int>(value));
}

core::refusal get_option(SOCKET_HANDLE socket, as_option option, std::uint64_t& value) noexcept
{
    if (option == AS_OPTION_LINGER) {
        linger now{};
        const core::refusal refused = get(socket, lingering, now);
        const std::uint64_t seconds = now.l_onoff != 0 ? static_cast<std::uint64_t>(now.l_linger) : AS_NO_LINGER;
        value = refused.is_none() ? seconds : value;
        return refused;
    }
    int now = 0;
    const core::refusal refused = get(socket, place_of(option), now);
    value = refused.is_none() ? static_cast<std::uint64_t>(static_cast<unsigned>(now)) : value;
    return refused;
}

core::refusal local_address(SOCKET_HANDLE socket, as_address& address) noexcept
{
    return address_by(::getsockname, socket, address);
}

core::refusal remote_address(SOCKET_HANDLE socket, as_address& address) noexcept
{
    return address_by(::getpeername, socket, address);
}

core::refusal bytes_to_receive(SOCKET_HANDLE socket, std::uint64_t& bytes) noexcept
{
    return count(socket, FIONREAD, bytes);
}

core::refusal bytes_unacknowledged(SOCKET_HANDLE socket, std::uint64_t& bytes) noexcept
{
    if (!linux_os::is_tcp(socket)) { // of others the system counts the memory that they take
        return {core::ending::not_available};
    }
    return count(socket, SIOCOUTQ, bytes);
}

// The end counts among the bytes. The state is asked for first: a connection whose last byte is confirmed in between
// would look like one that is lost.
core::refusal unconfirmed(SOCKET_HANDLE socket, std::uint64_t& bytes) noexcept
{
    const bool is_over = linux_os::connection_is_over(socket);
    bytes = 0;
    if (!bytes_unacknowledged(socket, bytes).is_none() || bytes == 0 || !is_over) {
        return {};
    }
    const int error = linux_os::pending_error(socket);
    const bool is_given_up = error != 0 && error != EPIPE; // which the system says of a reset behind the peer's end
    return linux_os::refusal_of(is_given_up ? error : ECONNRESET);
}

} // namespace async_socket::backend
