#include "win32/socket/porter.hpp"

#include <utility>

#include "core/common/log.hpp"
#include "core/platform/system_socket.hpp"
#include "win32/socket/channel.hpp"
#include "win32/socket/extension.hpp"
#include "win32/socket/open_socket.hpp"
#include "win32/system/error.hpp"
#include "win32/transport/transport.hpp"

namespace async_socket::win32 {

porter::~porter()
{
    if (has_guest_) {
        (void)backend::set_option(guest_.get(), AS_OPTION_LINGER, 0);
    }
}

core::refusal porter::bind(SOCKET door, int family, std::span<const as_option_value> options) noexcept
{
    door_ = door;
    family_ = family;
    options_ = options;
    accept_ = accept_ex_of(door);
    if (accept_ == nullptr) {
        LOG_ERROR_CODE(GetLastError(), "the system has no AcceptEx");
        return refusal_of(GetLastError());
    }
    io_.reset(CreateThreadpoolIo(reinterpret_cast<HANDLE>(door), on_completion, this, environment_.get()));
    if (!io_) {
        LOG_ERROR_CODE(GetLastError(), "CreateThreadpoolIo failed");
        return refusal_of(GetLastError());
    }
    return {};
}

issue_result porter::call(HANDLE event) noexcept
{
    guest_ = open_stream_socket(family_);
    if (!guest_) {
        return {taken::refused, GetLastError()};
    }
    call_ = {};
    call_.overlapped.hEvent = event;
    StartThreadpoolIo(io_.get());
    DWORD bytes = 0;
    const BOOL is_done = accept_(door_, to_socket(guest_.get()), room_, 0, room_for_address, room_for_address, &bytes,
                                 &call_.overlapped);
    const auto error = static_cast<DWORD>(WSAGetLastError());
    if (is_done == FALSE && error != WSA_IO_PENDING) {
        CancelThreadpoolIo(io_.get());
        guest_.reset();
        return {taken::refused, error};
    }
    is_called_ = true; // one that is done has a completion, too
    return {taken::pending};
}

DWORD porter::completed(ULONG code) noexcept
{
    is_called_ = false;
    code = code == NO_ERROR ? prepare_guest() : code;
    has_guest_ = code == NO_ERROR;
    if (!has_guest_) {
        guest_.reset();
    }
    return code;
}

DWORD porter::prepare_guest() noexcept
{
    // Otherwise it is no connected socket to most calls.
    if (setsockopt(to_socket(guest_.get()), SOL_SOCKET, SO_UPDATE_ACCEPT_CONTEXT, reinterpret_cast<const char*>(&door_),
                   sizeof door_) != 0) {
        return static_cast<DWORD>(WSAGetLastError());
    }
    const core::refusal refused = core::set_options(guest_.get(), options_);
    if (!refused.is_none()) {
        LOG_WARNING_CODE(refused.code, "a connection was closed: it cannot have an option that its listener has");
    }
    return refused.code;
}

backend::unique_socket porter::take_guest() noexcept
{
    return std::exchange(has_guest_, false) ? std::move(guest_) : backend::unique_socket();
}

VOID CALLBACK porter::on_completion(PTP_CALLBACK_INSTANCE /*instance*/, PVOID self, PVOID overlapped, ULONG io_result,
                                    ULONG_PTR /*bytes*/, PTP_IO /*io*/) noexcept
{
    if (overlapped != nullptr) { // 01_063
        auto& own = *static_cast<porter*>(self);
        own.channel_.called(own, io_result);
    }
}

} // namespace async_socket::win32
