// What socket_transport_connect needs of the system.
#include "core/common/log.hpp"
#include "win32/transport/transport.hpp"

namespace async_socket::backend {

namespace {

// NO_ERROR when the connect that was begun on a socket tied to `ended` succeeded, its error otherwise.
int wait_connected(SOCKET socket, HANDLE ended, std::uint32_t timeout_ms) noexcept
{
    if (WaitForSingleObject(ended, timeout_ms) == WAIT_TIMEOUT) {
        return WSAETIMEDOUT;
    }
    // If the wait failed, no connect has been seen to succeed either; nor if it was stopped.
    WSANETWORKEVENTS seen{};
    if (WSAEnumNetworkEvents(socket, nullptr, &seen) != 0) {
        return WSAGetLastError();
    }
    return (seen.lNetworkEvents & FD_CONNECT) != 0 ? seen.iErrorCode[FD_CONNECT_BIT] : WSAETIMEDOUT;
}

// NO_ERROR, or the error.
int connect_within(SOCKET socket, const addrinfo& address, std::uint32_t timeout_ms, core::stop_signal& stop) noexcept
{
    const win32::unique_event ended(CreateEventW(nullptr, TRUE, FALSE, nullptr));
    if (!ended) {
        return WSA_NOT_ENOUGH_MEMORY;
    }
    const core::stop_signal::stoppable_wait wait(stop, ended.get());
    if (!wait.may_begin()) {
        return WSA_OPERATION_ABORTED;
    }
    // WSAEventSelect also makes the socket non-blocking.
    if (WSAEventSelect(socket, ended.get(), FD_CONNECT) != 0) {
        return WSAGetLastError();
    }
    int error = NO_ERROR;
    if (::connect(socket, address.ai_addr, static_cast<int>(address.ai_addrlen)) != 0) {
        error = WSAGetLastError();
        if (error == WSAEWOULDBLOCK) {
            error = wait_connected(socket, ended.get(), timeout_ms);
        }
    }
    return error == NO_ERROR && !win32::make_plain(socket) ? WSAGetLastError() : error;
}

} // namespace

addrinfo* resolve(const char* host, const char* service) noexcept
{
    addrinfo hints{};
    hints.ai_family = AF_UNSPEC;
    hints.ai_socktype = SOCK_STREAM;
    hints.ai_protocol = IPPROTO_TCP;
    addrinfo* list = nullptr;
    const int error = getaddrinfo(host, service, &hints, &list);
    if (error != 0) {
        LOG_WARNING_CODE(error, "cannot resolve %s", host);
        return nullptr;
    }
    return list;
}

const addrinfo* next_of(const addrinfo& address) noexcept
{
    return address.ai_next;
}

void free_addresses(addrinfo* list) noexcept
{
    freeaddrinfo(list);
}

void wake(wait_handle waited_for) noexcept
{
    const last_error_guard keep;
    (void)SetEvent(waited_for);
}

unique_socket connect_to(const addrinfo& address, std::uint32_t timeout_ms, core::stop_signal& stop) noexcept
{
    unique_socket socket = win32::own(WSASocketW(address.ai_family, address.ai_socktype, address.ai_protocol, nullptr,
                                                 0, WSA_FLAG_OVERLAPPED | WSA_FLAG_NO_HANDLE_INHERIT));
    if (!socket) {
        return {};
    }
    const int error = connect_within(win32::to_socket(socket.get()), address, timeout_ms, stop);
    if (error != NO_ERROR) {
        socket.reset();
        WSASetLastError(error);
    }
    return socket;
}

} // namespace async_socket::backend
