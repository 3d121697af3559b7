#include "win32/socket/issuer.hpp"

#include <cstddef>

#include "async_socket/buffer.h"
#include "core/log.hpp"
#include "win32/socket/connection.hpp"
#include "win32/socket/request.hpp"
#include "win32/system/error.hpp"

namespace async_socket::win32 {

static_assert(sizeof(SOCKET_BUFFER) == sizeof(WSABUF) && offsetof(SOCKET_BUFFER, length) == offsetof(WSABUF, len) &&
                  offsetof(SOCKET_BUFFER, buffer) == offsetof(WSABUF, buf),
              "arrays of the one are handed to the system as arrays of the other");
static_assert(sizeof(as_buffer) == sizeof(WSABUF) && offsetof(as_buffer, size) == offsetof(WSABUF, len) &&
                  sizeof(as_buffer::size) == sizeof(WSABUF::len) && offsetof(as_buffer, data) == offsetof(WSABUF, buf),
              "as above");

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

WSABUF* buffers_of(const io_part& part) noexcept
{
    return reinterpret_cast<WSABUF*>(part.buffers);
}

// All that there is, in as many calls as it takes, back to back.
struct send_issuer {
    static std::uint32_t parts_in_a_round(std::uint32_t buffer_count) noexcept
    {
        return buffer_count / max_buffers_in_a_call + (buffer_count % max_buffers_in_a_call != 0 ? 1U : 0U);
    }

    static issue_result by_transport(core::transport& transport, io_part& part) noexcept
    {
        switch (transport.send(part.buffers, part.buffer_count, nullptr, 0, &part.overlapped)) {
        case SOCKET_SEND_OK:
            return done;
        case SOCKET_SEND_FAILED: // 01_062
            return by_last_error();
        default: // 01_106
            return refused_unasked;
        }
    }

    static issue_result by_socket(SOCKET socket, io_part& part) noexcept
    {
        const int result = WSASend(socket, buffers_of(part), part.buffer_count, nullptr, 0, &part.overlapped, nullptr);
        return result == 0 ? done : by_last_error(); // 01_062, 01_106
    }
};

// One call: it ends with the first bytes that are there.
struct receive_issuer {
    static std::uint32_t parts_in_a_round(std::uint32_t /*buffer_count*/) noexcept { return 1; }

    static issue_result by_transport(core::transport& transport, io_part& part) noexcept
    {
        switch (transport.receive(part.buffers, part.buffer_count, nullptr, 0, &part.overlapped)) {
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

    static issue_result by_socket(SOCKET socket, io_part& part) noexcept
    {
        DWORD flags = 0;
        const int result =
            WSARecv(socket, buffers_of(part), part.buffer_count, nullptr, &flags, &part.overlapped, nullptr);
        return result == 0 ? done : by_last_error(); // 01_054, 01_105
    }
};

template <typename Issuer>
issue_result issue_by(const backend::connection& connection, io_part& part) noexcept
{
    return connection.transport != nullptr ? Issuer::by_transport(transport_of(connection), part)
                                           : Issuer::by_socket(to_socket(connection.socket), part);
}

} // namespace

std::uint32_t parts_in_a_round(core::operation_kind kind, std::uint32_t buffer_count) noexcept
{
    return kind == core::operation_kind::send ? send_issuer::parts_in_a_round(buffer_count)
                                              : receive_issuer::parts_in_a_round(buffer_count);
}

issue_result issue(core::operation_kind kind, const backend::connection& connection, io_part& part) noexcept
{
    return kind == core::operation_kind::send ? issue_by<send_issuer>(connection, part)
                                              : issue_by<receive_issuer>(connection, part);
}

core::start_result result_of(core::operation_kind kind, const issue_result& issued) noexcept
{
    if (!issued.is_refused()) {
        return core::start_result::started;
    }
    const char* const what = core::name_of(kind);
    const core::ending how = ending_of_refusal(issued.error);
    if (how == core::ending::reset) {
        LOG_INFO("%s refused: the peer has reset the connection", what);
        return core::start_result::not_open;
    }
    if (how == core::ending::closed_here) {
        LOG_INFO("%s refused: the connection is closed", what);
    } else {
        LOG_WARNING_CODE(issued.error, "%s refused", what);
    }
    return core::start_result::refused;
}

} // namespace async_socket::win32
