#include "win32/socket/connection.hpp"

#include "win32/system/winsock.hpp"

namespace async_socket::win32 {

void hold(const backend::connection& connection) noexcept
{
    if (connection.transport != nullptr) {
        transport_of(connection).add_reference();
    }
}

void let_go(const backend::connection& connection) noexcept
{
    if (connection.transport != nullptr) {
        core::transport::release(&transport_of(connection));
    }
}

void ask_when_closing(const backend::connection& connection, const pending_question& question) noexcept
{
    if (connection.transport != nullptr) {
        transport_of(connection).ask_when_closing(question);
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
        socket_ = to_socket(transport.socket().get());
    }
}

socket_nature nature_of(SOCKET socket) noexcept
{
    WSAPROTOCOL_INFOW provider;
    int length = sizeof provider;
    if (getsockopt(socket, SOL_SOCKET, SO_PROTOCOL_INFOW, reinterpret_cast<char*>(&provider), &length) != 0) {
        return {static_cast<DWORD>(WSAGetLastError()), false, false};
    }
    return {NO_ERROR, provider.iSocketType == SOCK_STREAM, (provider.dwServiceFlags1 & XP1_IFS_HANDLES) != 0};
}

void end_pending(const backend::connection& connection, bool is_idle, const pending_question& question) noexcept
{
    if (!is_idle) {
        cancel_all(to_socket(connection.socket), question);
    }
}

void close(const backend::connection& connection, known_state state, const pending_question& question) noexcept
{
    if (connection.transport != nullptr) {
        transport_of(connection).disconnect();
        return;
    }
    if (!backend::is_connection(connection)) {
        return;
    }
    end_pending(connection, state.is_idle, question);
    const SOCKET socket = to_socket(connection.socket);
    state.is_reset ? (void)closesocket(socket) : close_socket(socket); // 42_006, 42_007
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
    win32::close(connection, {}, {});
}

} // namespace async_socket::backend
