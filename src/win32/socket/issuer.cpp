#include "win32/socket/issuer.hpp"

#include <cstddef>

#include "async_socket/buffer.h"
#include "core/common/log.hpp"
#include "win32/socket/connection.hpp"
#include "win32/socket/extension.hpp"
#include "win32/system/error.hpp"

namespace async_socket::win32 {

// Arrays of the one are handed to the system, and to a transport, as arrays of the other.
static_assert(sizeof(as_buffer) == sizeof(WSABUF) && offsetof(as_buffer, size) == offsetof(WSABUF, len) &&
              offsetof(as_buffer, data) == offsetof(WSABUF, buf));
static_assert(sizeof(as_buffer) == sizeof(SOCKET_BUFFER) &&
              offsetof(as_buffer, size) == offsetof(SOCKET_BUFFER, length) &&
              offsetof(as_buffer, data) == offsetof(SOCKET_BUFFER, buffer));

namespace {

constexpr issue_result done{taken::done};
constexpr issue_result pending{taken::pending};
constexpr issue_result refused_unasked{taken::refused}; // whatever the last error says: it may be an old one

// The last error of a call that did not succeed at once.
issue_result by_last_error() noexcept
{
    const auto error = static_cast<DWORD>(WSAGetLastError());
    return error == WSA_IO_PENDING ? pending : issue_result{taken::refused, error}; // 01_053, 01_055
}

// Nobody writes to them.
template <typename Theirs>
Theirs* as_theirs(const core::pieces::row& buffers) noexcept
{
    return reinterpret_cast<Theirs*>(const_cast<as_buffer*>(buffers.first));
}

struct send_issuer {
    static issue_result by_transport(core::transport& transport, const core::pieces::row& buffers,
                                     OVERLAPPED& overlapped) noexcept
    {
        switch (transport.send(as_theirs<SOCKET_BUFFER>(buffers), buffers.count, nullptr, 0, &overlapped)) {
        case SOCKET_SEND_OK:
            return done;
        case SOCKET_SEND_FAILED: // 01_062
            return by_last_error();
        default: // 01_106
            return refused_unasked;
        }
    }

    static issue_result by_socket(SOCKET socket, const core::pieces::row& buffers, OVERLAPPED& overlapped) noexcept
    {
        const int result = WSASend(socket, as_theirs<WSABUF>(buffers), buffers.count, nullptr, 0, &overlapped, nullptr);
        return result == 0 ? done : by_last_error(); // 01_062, 01_106
    }
};

// It ends with the first bytes that are there.
struct receive_issuer {
    static issue_result by_transport(core::transport& transport, const core::pieces::row& buffers,
                                     OVERLAPPED& overlapped) noexcept
    {
        switch (transport.receive(as_theirs<SOCKET_BUFFER>(buffers), buffers.count, nullptr, 0, &overlapped)) {
        case SOCKET_RECEIVE_OK:
            return done;
        case SOCKET_RECEIVE_WOULD_BLOCK:
            return pending;
        case SOCKET_RECEIVE_ERROR: // 01_054
            return by_last_error();
        default: // 01_105
            return refused_unasked;
        }
    }

    static issue_result by_socket(SOCKET socket, const core::pieces::row& buffers, OVERLAPPED& overlapped) noexcept
    {
        DWORD flags = 0;
        const int result =
            WSARecv(socket, as_theirs<WSABUF>(buffers), buffers.count, nullptr, &flags, &overlapped, nullptr);
        return result == 0 ? done : by_last_error(); // 01_054, 01_105
    }
};

// No completion tells of it: it has ended when the call returns. Of sockets only, which the own interface has.
issue_result shut_down_send(const backend::connection& connection) noexcept
{
    return shutdown(to_socket(connection.socket), SD_SEND) == 0 ? done : by_last_error();
}

template <typename Issuer>
issue_result issue_by(const backend::connection& connection, const core::pieces::row& buffers,
                      OVERLAPPED& overlapped) noexcept
{
    return connection.transport != nullptr ? Issuer::by_transport(transport_of(connection), buffers, overlapped)
                                           : Issuer::by_socket(to_socket(connection.socket), buffers, overlapped);
}

// It was connected, and cannot be used. Nobody here has closed it, and nobody has asked for the option.
core::ending ending_of_new_connection(DWORD error) noexcept
{
    const core::ending how = ending_of_refusal(error);
    if (how == core::ending::closed_here) {
        return core::ending::reset;
    }
    return how == core::ending::not_available ? core::ending::failed : how;
}

} // namespace

issue_result issue(core::operation_kind kind, const backend::connection& connection, const core::pieces::row& buffers,
                   OVERLAPPED& overlapped) noexcept
{
    if (kind == core::operation_kind::shut_down_send) {
        return shut_down_send(connection);
    }
    return core::direction_of(kind) == core::direction::send
               ? issue_by<send_issuer>(connection, buffers, overlapped)
               : issue_by<receive_issuer>(connection, buffers, overlapped);
}

issue_result issue_connect(const backend::connection& connection, const as_address& address,
                           OVERLAPPED& overlapped) noexcept
{
    const SOCKET socket = to_socket(connection.socket);
    const LPFN_CONNECTEX connect = connect_ex_of(socket);
    if (connect == nullptr) {
        return by_last_error();
    }
    const BOOL is_done = connect(socket, reinterpret_cast<const sockaddr*>(address.system),
                                 static_cast<int>(address.size), nullptr, 0, nullptr, &overlapped);
    return is_done != FALSE ? done : by_last_error();
}

core::outcome complete_connect(const backend::connection& connection, const core::outcome& ended) noexcept
{
    if (setsockopt(to_socket(connection.socket), SOL_SOCKET, SO_UPDATE_CONNECT_CONTEXT, nullptr, 0) == 0) {
        return ended;
    }
    const auto error = static_cast<DWORD>(WSAGetLastError());
    return {ending_of_new_connection(error), 0, error};
}

core::refusal refusal_of(core::operation_kind kind, const issue_result& issued) noexcept
{
    if (!issued.is_refused()) {
        return {};
    }
    const core::refusal refused = refusal_of(issued.error);
    const char* const what = core::name_of(kind);
    if (refused.how == core::ending::reset) {
        LOG_INFO("%s refused: the peer has reset the connection", what);
    } else if (refused.how == core::ending::closed_here && issued.error != WSAESHUTDOWN) { // which is a mistake
        LOG_INFO("%s refused: the connection is closed", what);
    } else if (kind != core::operation_kind::connect) { // which peers refuse
        LOG_WARNING_CODE(issued.error, "%s refused", what);
    }
    return refused;
}

} // namespace async_socket::win32
