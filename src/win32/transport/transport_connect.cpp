// socket_transport_connect: a name to a connected socket, within a time.
#include <cstdio>

#include "core/log.hpp"
#include "core/transport.hpp"
#include "win32/transport/transport.hpp"

namespace async_socket::backend {

namespace {

// Milliseconds left of a time span that began with its construction.
class countdown {
public:
    explicit countdown(std::uint32_t span_ms) noexcept : end_(GetTickCount64() + span_ms) {}

    [[nodiscard]] std::uint32_t left_ms() const noexcept
    {
        const ULONGLONG now = GetTickCount64();
        return now < end_ ? static_cast<std::uint32_t>(end_ - now) : 0;
    }

private:
    ULONGLONG end_;
};

win32::unique_address_list resolve(const char* host, std::uint16_t port) noexcept
{
    char service[8];
    (void)std::snprintf(service, sizeof service, "%u", static_cast<unsigned>(port));
    addrinfo hints{};
    hints.ai_family = AF_UNSPEC;
    hints.ai_socktype = SOCK_STREAM;
    hints.ai_protocol = IPPROTO_TCP;
    addrinfo* list = nullptr;
    const int error = getaddrinfo(host, service, &hints, &list);
    if (error != 0) {
        LOG_WARNING("cannot resolve %s: error %d", host, error);
        return {};
    }
    return win32::unique_address_list(list);
}

// 0 when the connect that was begun on a non-blocking socket succeeded, its error otherwise. select,
// because WSAPoll does not report a refused connect on older Windows.
int wait_connected(SOCKET socket, std::uint32_t timeout_ms) noexcept
{
    fd_set writable;
    fd_set failed;
    FD_ZERO(&writable);
    FD_ZERO(&failed);
    writable.fd_array[writable.fd_count++] = socket;
    failed.fd_array[failed.fd_count++] = socket;
    timeval timeout{static_cast<long>(timeout_ms / 1000), static_cast<long>(timeout_ms % 1000 * 1000)};
    const int ready = select(0, nullptr, &writable, &failed, &timeout);
    if (ready == SOCKET_ERROR) {
        return WSAGetLastError();
    }
    if (ready == 0) {
        return WSAETIMEDOUT;
    }
    int error = 0;
    int length = sizeof error;
    if (getsockopt(socket, SOL_SOCKET, SO_ERROR, reinterpret_cast<char*>(&error), &length) != 0) {
        return WSAGetLastError();
    }
    return error == 0 && failed.fd_count != 0 ? WSAECONNREFUSED : error;
}

bool set_non_blocking(SOCKET socket, bool on) noexcept
{
    u_long mode = on ? 1 : 0;
    return ioctlsocket(socket, static_cast<long>(FIONBIO), &mode) == 0;
}

// Empty on failure, with the last error set.
win32::unique_socket connect_to(const addrinfo& address, std::uint32_t timeout_ms) noexcept
{
    win32::unique_socket socket(WSASocketW(address.ai_family, address.ai_socktype, address.ai_protocol, nullptr, 0,
                                           WSA_FLAG_OVERLAPPED | WSA_FLAG_NO_HANDLE_INHERIT));
    if (!socket || !set_non_blocking(socket.get(), true)) {
        return {};
    }
    int error = NO_ERROR;
    if (::connect(socket.get(), address.ai_addr, static_cast<int>(address.ai_addrlen)) != 0) {
        error = WSAGetLastError();
        if (error == WSAEWOULDBLOCK) {
            error = wait_connected(socket.get(), timeout_ms);
        }
    }
    if (error == NO_ERROR && !set_non_blocking(socket.get(), false)) {
        error = WSAGetLastError();
    }
    if (error != NO_ERROR) {
        socket.reset();
        WSASetLastError(error);
    }
    return socket;
}

std::uint32_t count(const addrinfo* list) noexcept
{
    std::uint32_t addresses = 0;
    for (; list != nullptr; list = list->ai_next) {
        ++addresses;
    }
    return addresses;
}

// Tries one address after the other. Each gets its share of the time that is left, so that one that
// does not answer leaves some for the next; the time that a refused one did not use is theirs too.
win32::unique_socket connect_to_any(const addrinfo* list, std::uint32_t timeout_ms) noexcept
{
    const countdown time(timeout_ms);
    for (; list != nullptr; list = list->ai_next) {
        win32::unique_socket socket = connect_to(*list, time.left_ms() / count(list));
        if (socket) {
            return socket;
        }
    }
    return {};
}

} // namespace

bool transport_connect(transport& transport, const char* host, std::uint16_t port, std::uint32_t timeout_ms) noexcept
{
    if (!transport.begin_open()) {
        LOG_ERROR("socket_transport_connect: connected already, or used by an open async socket");
        return false;
    }
    const win32::unique_address_list list = resolve(host, port);
    win32::unique_socket socket;
    if (list) {
        socket = connect_to_any(list.get(), timeout_ms);
        if (!socket) {
            LOG_WARNING("cannot connect to %s port %u: error %d", host, static_cast<unsigned>(port), WSAGetLastError());
        }
    }
    const bool connected = static_cast<bool>(socket);
    transport.socket() = std::move(socket);
    transport.end_open(connected);
    return connected;
}

} // namespace async_socket::backend
