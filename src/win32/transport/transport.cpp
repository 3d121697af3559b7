#include "win32/transport/transport.hpp"

#include "core/common/log.hpp"
#include "core/common/memory.hpp"
#include "win32/system/winsock.hpp"

namespace async_socket::win32 {

bool make_plain(SOCKET socket) noexcept
{
    u_long blocking = 0;
    return WSAEventSelect(socket, nullptr, 0) == 0 && ioctlsocket(socket, static_cast<long>(FIONBIO), &blocking) == 0;
}

} // namespace async_socket::win32

namespace async_socket::backend {

namespace {

// How long an end waits before it cancels again. A blocking call that was inside, but had not
// reached the system yet when it was cancelled, is only ended by a later cancel.
constexpr std::uint32_t cancel_again_ms = 10;

// Makes one call that moves bytes: call(socket, room for their number). The system does not want such a room beside an
// OVERLAPPED. See system_calls.hpp.
template <typename Call>
std::uint32_t move_bytes(core::transport& transport, std::uint32_t* moved, const void* data, Call call) noexcept
{
    const bool is_blocking = data == nullptr;
    std::atomic<std::uint32_t>& blocking_calls = transport::of(transport).blocking_calls();
    if (is_blocking) {
        blocking_calls.fetch_add(1, std::memory_order_relaxed);
    }
    DWORD bytes = 0;
    const int result =
        call(win32::to_socket(transport.socket().get()), is_blocking || moved != nullptr ? &bytes : nullptr);
    const std::uint32_t code = result == 0 ? NO_ERROR : last_error();
    if (is_blocking) {
        blocking_calls.fetch_sub(1, std::memory_order_relaxed);
    }
    if (code == NO_ERROR && moved != nullptr) {
        *moved = bytes;
    }
    return code;
}

} // namespace

void transport::ask_when_closing(const win32::pending_question& question) noexcept
{
    const core::lock::scope scope(question_lock_);
    question_ = question;
}

bool transport::is_pending() noexcept
{
    const core::lock::scope scope(question_lock_);
    return question_.answer();
}

void transport::end() noexcept
{
    const SOCKET closing = win32::to_socket(socket().get());
    if (connection_waits_) {
        (void)SetEvent(connection_waits_.get());
    }
    // Calls that do not block leave by themselves, and are not cancelled before they have: the parts of
    // a large send would otherwise go out behind a part that was cut.
    while (!life().wait_for_calls(cancel_again_ms)) {
        if (blocking_calls_.load(std::memory_order_relaxed) != 0) {
            (void)CancelIoEx(reinterpret_cast<HANDLE>(closing), nullptr);
        }
    }
    win32::cancel_all(closing, {[](void* self) { return static_cast<transport*>(self)->is_pending(); }, this});
    socket().reset();
    connection_waits_.reset();
}

core::transport* transport_allocate(SOCKET_TYPE type) noexcept
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

void transport_free(core::transport* transport) noexcept
{
    core::destroy(&transport::of(*transport));
}

void transport_end(core::transport& transport) noexcept
{
    transport::of(transport).end();
}

void close_socket(SOCKET_HANDLE socket) noexcept
{
    win32::close_socket(win32::to_socket(socket));
}

std::uint32_t code_of(own_error error) noexcept
{
    return error == own_error::cancelled ? WSA_OPERATION_ABORTED : WSAENOTCONN;
}

bool is_later(std::uint32_t code) noexcept
{
    return code == WSA_IO_PENDING;
}

std::uint32_t send(core::transport& transport, const SOCKET_BUFFER* payload, std::uint32_t count, std::uint32_t* moved,
                   std::uint32_t flags, void* data) noexcept
{
    // WSASend reads the array only; its parameter is not const for historical reasons.
    auto* const buffers = reinterpret_cast<WSABUF*>(const_cast<SOCKET_BUFFER*>(payload));
    return move_bytes(transport, moved, data, [&](SOCKET socket, DWORD* sent) {
        return WSASend(socket, buffers, count, sent, flags, static_cast<OVERLAPPED*>(data), nullptr);
    });
}

std::uint32_t receive(core::transport& transport, SOCKET_BUFFER* payload, std::uint32_t count, std::uint32_t* moved,
                      std::uint32_t flags, void* data) noexcept
{
    auto* const buffers = reinterpret_cast<WSABUF*>(payload);
    DWORD in_out_flags = flags;
    return move_bytes(transport, moved, data, [&](SOCKET socket, DWORD* received) {
        return WSARecv(socket, buffers, count, received, &in_out_flags, static_cast<OVERLAPPED*>(data), nullptr);
    });
}

} // namespace async_socket::backend
