#include "win32/transport/transport.hpp"

#include "core/backend.hpp"
#include "core/log.hpp"
#include "core/memory.hpp"
#include "win32/system/winsock.hpp"

namespace async_socket::backend {

namespace {

// How long a disconnect waits before it cancels again. A blocking call that was inside, but had not
// reached the system yet when it was cancelled, is only ended by a later cancel.
constexpr std::uint32_t cancel_again_ms = 10;

// A call on a handle that is not open leaves an error that is not stale: an old WSA_IO_PENDING would
// look like an operation on its way.
void refuse_as_not_connected() noexcept
{
    WSASetLastError(WSAENOTCONN);
}

} // namespace

bool transport::begin_open() noexcept
{
    return references_.load(std::memory_order_acquire) == 1 && life_.begin_open();
}

void transport::end_open(bool opened) noexcept
{
    if (opened) {
        (void)life_.end_open(); // and leaves
    } else {
        life_.abandon_open();
    }
}

void transport::ask_when_closing(const win32::pending_question& question) noexcept
{
    const win32::srw_lock::scope scope(question_lock_);
    question_ = question;
}

bool transport::is_pending() noexcept
{
    const win32::srw_lock::scope scope(question_lock_);
    return question_.answer();
}

void transport::disconnect() noexcept
{
    if (process_is_ending()) {
        return;
    }
    if (!life_.begin_close()) {
        if (type_ == SOCKET_CLIENT) { // a server that is about to listen goes on
            stop_.raise();
        }
        return;
    }
    stop_.raise();
    // Calls that do not block leave by themselves, and are not cancelled before they have: the parts of
    // a large send would otherwise go out behind a part that was cut.
    while (!life_.wait_for_calls(cancel_again_ms)) {
        if (blocking_calls_.load(std::memory_order_relaxed) != 0) {
            (void)CancelIoEx(reinterpret_cast<HANDLE>(socket_.get()), nullptr);
        }
    }
    win32::cancel_all(socket_.get(), {[](void* self) { return static_cast<transport*>(self)->is_pending(); }, this});
    socket_.reset();
    connection_waits_.reset();
    stop_.clear();
    life_.end_close();
}

bool make_plain(SOCKET socket) noexcept
{
    u_long blocking = 0;
    return WSAEventSelect(socket, nullptr, 0) == 0 && ioctlsocket(socket, static_cast<long>(FIONBIO), &blocking) == 0 &&
           SetHandleInformation(reinterpret_cast<HANDLE>(socket), HANDLE_FLAG_INHERIT, 0) != FALSE;
}

transport* transport_create(SOCKET_TYPE type) noexcept
{
    if (!win32::start_winsock()) {
        return nullptr;
    }
    transport* const created = core::create<transport>(type);
    if (created == nullptr) {
        LOG_ERROR("socket_transport: out of memory");
    }
    return created;
}

transport* transport_adopt(SOCKET_HANDLE socket) noexcept
{
    const auto adopted = reinterpret_cast<SOCKET>(socket);
    if (adopted == INVALID_SOCKET || adopted == 0) {
        LOG_ERROR("socket_transport_create_from_socket: invalid socket");
        return nullptr;
    }
    transport* const created = transport_create(SOCKET_CLIENT);
    if (created != nullptr) {
        (void)created->life().begin_open();
        created->socket().reset(adopted);
        (void)created->life().end_open();
    }
    return created;
}

void transport_destroy(transport* transport) noexcept
{
    transport->disconnect();
    transport_release(transport);
}

void transport_add_reference(transport& transport) noexcept
{
    transport.add_reference();
}

void transport_release(transport* transport) noexcept
{
    if (transport->drop_reference() && !process_is_ending()) {
        // A disconnect may still be under way, or a refused call on its way out, on another thread.
        while (!transport->life().retire()) {
            transport->disconnect();
        }
        core::destroy(transport);
    }
}

SOCKET_TYPE transport_type(const transport& transport) noexcept
{
    return transport.type();
}

void transport_disconnect(transport& transport) noexcept
{
    transport.disconnect();
}

SOCKET_HANDLE transport_socket(transport& transport) noexcept
{
    const core::lifecycle::visit visit(transport.life());
    return reinterpret_cast<SOCKET_HANDLE>(visit.is_inside() ? transport.socket().get() : INVALID_SOCKET);
}

bool transport_is_open(transport& transport) noexcept
{
    return transport.life().is_open();
}

SOCKET_SEND_RESULT transport_send(transport& transport, const SOCKET_BUFFER* payload, std::uint32_t count,
                                  std::uint32_t* bytes_sent, std::uint32_t flags, void* data) noexcept
{
    DWORD sent = 0;
    int error = NO_ERROR;
    {
        const core::lifecycle::visit visit(transport.life());
        if (!visit.is_inside()) {
            refuse_as_not_connected();
            return SOCKET_SEND_ERROR;
        }
        // WSASend reads the array only; its parameter is not const for historical reasons.
        auto* const buffers = reinterpret_cast<WSABUF*>(const_cast<SOCKET_BUFFER*>(payload));
        const bool blocking = data == nullptr;
        const transport::blocking_call counted(transport, blocking);
        if (WSASend(transport.socket().get(), buffers, count, blocking || bytes_sent != nullptr ? &sent : nullptr,
                    flags, static_cast<OVERLAPPED*>(data), nullptr) != 0) {
            error = WSAGetLastError();
        }
    }
    if (error != NO_ERROR) {
        WSASetLastError(error); // leaving may have disturbed it
        return SOCKET_SEND_FAILED;
    }
    if (bytes_sent != nullptr) {
        *bytes_sent = sent;
    }
    return SOCKET_SEND_OK;
}

SOCKET_RECEIVE_RESULT transport_receive(transport& transport, SOCKET_BUFFER* payload, std::uint32_t count,
                                        std::uint32_t* bytes_received, std::uint32_t flags, void* data) noexcept
{
    DWORD received = 0;
    int error = NO_ERROR;
    {
        const core::lifecycle::visit visit(transport.life());
        if (!visit.is_inside()) {
            refuse_as_not_connected();
            return SOCKET_RECEIVE_ERROR;
        }
        DWORD in_out_flags = flags;
        const bool blocking = data == nullptr;
        const transport::blocking_call counted(transport, blocking);
        if (WSARecv(transport.socket().get(), reinterpret_cast<WSABUF*>(payload), count,
                    blocking || bytes_received != nullptr ? &received : nullptr, &in_out_flags,
                    static_cast<OVERLAPPED*>(data), nullptr) != 0) {
            error = WSAGetLastError();
        }
    }
    if (error != NO_ERROR) {
        WSASetLastError(error); // leaving may have disturbed it
        if (error == WSA_IO_PENDING && bytes_received != nullptr) {
            *bytes_received = 0;
        }
        return error == WSA_IO_PENDING ? SOCKET_RECEIVE_WOULD_BLOCK : SOCKET_RECEIVE_ERROR;
    }
    if (bytes_received != nullptr) {
        *bytes_received = received;
    }
    return SOCKET_RECEIVE_OK;
}

} // namespace async_socket::backend
