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
        LOG_WARNING_CODE(error, "cannot resolve %s", host);
        return {};
    }
    return win32::unique_address_list(list);
}

// NO_ERROR when the connect that was begun on a socket tied to `ended` succeeded, its error otherwise.
int wait_connected(SOCKET socket, HANDLE ended, std::uint32_t timeout_ms, const win32::stop_signal& stop) noexcept
{
    const HANDLE events[] = {stop.event(), ended};
    switch (WaitForMultipleObjects(2, events, FALSE, timeout_ms)) {
    case WAIT_OBJECT_0:
        return WSA_OPERATION_ABORTED;
    case WAIT_TIMEOUT:
        return WSAETIMEDOUT;
    default: // if the wait failed, no connect has been seen to succeed either
        break;
    }
    WSANETWORKEVENTS seen{};
    if (WSAEnumNetworkEvents(socket, nullptr, &seen) != 0) {
        return WSAGetLastError();
    }
    return (seen.lNetworkEvents & FD_CONNECT) != 0 ? seen.iErrorCode[FD_CONNECT_BIT] : WSAETIMEDOUT;
}

// NO_ERROR, or the error.
int connect_within(SOCKET socket, const addrinfo& address, std::uint32_t timeout_ms,
                   const win32::stop_signal& stop) noexcept
{
    const win32::unique_event ended(CreateEventW(nullptr, TRUE, FALSE, nullptr));
    if (!ended) {
        return WSA_NOT_ENOUGH_MEMORY;
    }
    // WSAEventSelect also makes the socket non-blocking.
    if (WSAEventSelect(socket, ended.get(), FD_CONNECT) != 0) {
        return WSAGetLastError();
    }
    int error = NO_ERROR;
    if (::connect(socket, address.ai_addr, static_cast<int>(address.ai_addrlen)) != 0) {
        error = WSAGetLastError();
        if (error == WSAEWOULDBLOCK) {
            error = wait_connected(socket, ended.get(), timeout_ms, stop);
        }
    }
    return error == NO_ERROR && !make_plain(socket) ? WSAGetLastError() : error;
}

// Empty on failure, with the last error set.
win32::unique_socket connect_to(const addrinfo& address, std::uint32_t timeout_ms,
                                const win32::stop_signal& stop) noexcept
{
    win32::unique_socket socket(WSASocketW(address.ai_family, address.ai_socktype, address.ai_protocol, nullptr, 0,
                                           WSA_FLAG_OVERLAPPED | WSA_FLAG_NO_HANDLE_INHERIT));
    if (!socket) {
        return {};
    }
    const int error = connect_within(socket.get(), address, timeout_ms, stop);
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
win32::unique_socket connect_to_any(const addrinfo* list, std::uint32_t timeout_ms, win32::stop_signal& stop) noexcept
{
    const countdown time(timeout_ms);
    for (; list != nullptr && !stop.was_raised(); list = list->ai_next) {
        win32::unique_socket socket = connect_to(*list, time.left_ms() / count(list), stop);
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
    if (!transport.stop().prepare()) {
        LOG_ERROR_CODE(WSAGetLastError(), "socket_transport_connect: CreateEvent failed");
        transport.end_open(false);
        return false;
    }
    const win32::unique_address_list list = resolve(host, port);
    win32::unique_socket socket = connect_to_any(list.get(), timeout_ms, transport.stop());
    transport.stop().clear();
    if (transport.stop().was_raised()) {
        socket.reset(); // the disconnect came, perhaps a moment after the connection
        WSASetLastError(WSA_OPERATION_ABORTED);
    }
    if (list && !socket) {
        LOG_WARNING_CODE(WSAGetLastError(), "cannot connect to %s port %u", host, static_cast<unsigned>(port));
    }
    const bool connected = static_cast<bool>(socket);
    transport.socket() = std::move(socket);
    transport.end_open(connected);
    return connected;
}

} // namespace async_socket::backend
