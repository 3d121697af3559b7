#include "win32/socket/connection.hpp"

#include <cstddef>

#include "core/log.hpp"
#include "core/transport.hpp"
#include "win32/system/winsock.hpp"
#include "win32/transport/transport.hpp"

namespace async_socket::win32 {

static_assert(sizeof(SOCKET_BUFFER) == sizeof(WSABUF) && offsetof(SOCKET_BUFFER, length) == offsetof(WSABUF, len) &&
                  offsetof(SOCKET_BUFFER, buffer) == offsetof(WSABUF, buf),
              "arrays of the one are handed to the system as arrays of the other");

namespace {

SOCKET to_socket(SOCKET_HANDLE handle) noexcept
{
    return reinterpret_cast<SOCKET>(handle);
}

backend::transport& transport_of(const backend::connection& connection) noexcept
{
    return *reinterpret_cast<backend::transport*>(connection.transport);
}

constexpr issue_result done{true, NO_ERROR, true};

// The last error of a call that did not succeed at once.
issue_result pending_or_error() noexcept
{
    const auto error = static_cast<DWORD>(WSAGetLastError());
    return error == WSA_IO_PENDING ? issue_result{true, NO_ERROR} : issue_result{false, error}; // 01_053, 01_055
}

issue_result send_by_transport(backend::transport& transport, io_part& part) noexcept
{
    switch (backend::transport_send(transport, part.buffers, part.buffer_count, nullptr, 0, &part.overlapped)) {
    case SOCKET_SEND_OK:
        return done;
    case SOCKET_SEND_FAILED: // 01_062
        return pending_or_error();
    default: // 01_106
        return {false, NO_ERROR};
    }
}

issue_result receive_by_transport(backend::transport& transport, io_part& part) noexcept
{
    const SOCKET_RECEIVE_RESULT result =
        backend::transport_receive(transport, part.buffers, part.buffer_count, nullptr, 0, &part.overlapped);
    switch (result) { // 01_054, 01_105
    case SOCKET_RECEIVE_OK:
        return done;
    case SOCKET_RECEIVE_WOULD_BLOCK:
        return {true, NO_ERROR};
    case SOCKET_RECEIVE_ERROR:
        return pending_or_error();
    default: // whatever the last error says: it may be an old one
        return {false, NO_ERROR};
    }
}

issue_result send_by_socket(SOCKET socket, io_part& part) noexcept
{
    auto* const buffers = reinterpret_cast<WSABUF*>(part.buffers);
    const int result = WSASend(socket, buffers, part.buffer_count, nullptr, 0, &part.overlapped, nullptr);
    return result == 0 ? done : pending_or_error(); // 01_062, 01_106
}

issue_result receive_by_socket(SOCKET socket, io_part& part) noexcept
{
    auto* const buffers = reinterpret_cast<WSABUF*>(part.buffers);
    DWORD flags = 0;
    const int result = WSARecv(socket, buffers, part.buffer_count, nullptr, &flags, &part.overlapped, nullptr);
    return result == 0 ? done : pending_or_error(); // 01_054, 01_105
}

} // namespace

void hold(const backend::connection& connection) noexcept
{
    if (connection.transport != nullptr) {
        backend::transport_add_reference(transport_of(connection));
    }
}

void let_go(const backend::connection& connection) noexcept
{
    if (connection.transport != nullptr) {
        backend::transport_release(&transport_of(connection));
    }
}

socket_use::socket_use(const backend::connection& connection) noexcept : socket_(INVALID_SOCKET)
{
    if (connection.transport == nullptr) {
        socket_ = to_socket(connection.socket);
        return;
    }
    backend::transport& transport = transport_of(connection);
    visit_.emplace(transport.life());
    if (visit_->is_inside()) {
        socket_ = transport.socket().get();
    }
}

bool is_stream(SOCKET socket) noexcept
{
    int type = 0;
    int length = sizeof type;
    return getsockopt(socket, SOL_SOCKET, SO_TYPE, reinterpret_cast<char*>(&type), &length) == 0 && type == SOCK_STREAM;
}

bool has_system_handle(SOCKET socket) noexcept
{
    WSAPROTOCOL_INFOW provider;
    int length = sizeof provider;
    return getsockopt(socket, SOL_SOCKET, SO_PROTOCOL_INFOW, reinterpret_cast<char*>(&provider), &length) == 0 &&
           (provider.dwServiceFlags1 & XP1_IFS_HANDLES) != 0;
}

bool is_gone(const issue_result& issued) noexcept
{
    switch (issued.error) {
    case NO_ERROR: // the transport is not open
    case WSAENOTCONN:
    case WSAECONNRESET:
    case WSAECONNABORTED:
        return !issued.queued;
    default:
        return false;
    }
}

void close(const backend::connection& connection, bool is_idle) noexcept
{
    if (connection.transport != nullptr) {
        backend::transport_disconnect(transport_of(connection)); // others may use it, too
        return;
    }
    if (!backend::is_connection(connection)) {
        return;
    }
    const SOCKET socket = to_socket(connection.socket);
    if (!is_idle) {
        // Without the cancel, a pending send to a peer that does not read would never end on Wine.
        (void)CancelIoEx(reinterpret_cast<HANDLE>(socket), nullptr);
    }
    close_socket(socket); // 42_006, 42_007
}

core::start_result result_of(core::direction way, const issue_result& issued) noexcept
{
    if (issued.queued) {
        return core::start_result::started;
    }
    const char* const what = way == core::direction::send ? "send" : "receive";
    if (issued.error == WSAECONNRESET) {
        LOG_INFO("%s refused: the peer has reset the connection", what);
        return core::start_result::not_open;
    }
    if (is_gone(issued)) {
        LOG_INFO("%s refused: the connection is closed", what);
    } else {
        LOG_WARNING("%s refused: error %lu", what, static_cast<unsigned long>(issued.error));
    }
    return core::start_result::refused;
}

// 01_061, 01_082
issue_result issue(const backend::connection& connection, core::direction way, io_part& part) noexcept
{
    const bool is_send = way == core::direction::send;
    if (connection.transport != nullptr) {
        backend::transport& transport = transport_of(connection);
        return is_send ? send_by_transport(transport, part) : receive_by_transport(transport, part);
    }
    const SOCKET socket = to_socket(connection.socket);
    return is_send ? send_by_socket(socket, part) : receive_by_socket(socket, part);
}

} // namespace async_socket::win32

namespace async_socket::backend {

connection no_connection() noexcept
{
    return {nullptr, reinterpret_cast<SOCKET_HANDLE>(INVALID_SOCKET)};
}

bool is_connection(const connection& connection) noexcept
{
    // Winsock never gives 0 as a socket; a NULL handle is a mistake of the caller's (01_034).
    return connection.transport != nullptr ||
           (connection.socket != nullptr && connection.socket != reinterpret_cast<SOCKET_HANDLE>(INVALID_SOCKET));
}

void connection_close(const connection& connection) noexcept
{
    win32::close(connection, false);
}

} // namespace async_socket::backend
