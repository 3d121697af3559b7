// What takes connections at one door of a listener: it asks the system for one at a time (AcceptEx), into a socket that
// it has made for that, and keeps the one that has come, the *guest*, until an accept takes it.
//
// Not an operation of its own asks the system, but the porter: of accepts any number may wait, at any door one may
// come, and a cancel of an accept costs nobody a connection.
//
// The lane of the accepts holds its lock around everything here but bind.
#pragma once

#include <span>

#include "async_socket/option.h"
#include "core/operation/outcome.hpp"
#include "core/transport/system_calls.hpp"
#include "win32/engine/callback_environment.hpp"
#include "win32/socket/issuer.hpp"
#include "win32/socket/request.hpp"
#include "win32/system/unique_handle.hpp"

namespace async_socket::win32 {

class porter {
public:
    porter(PTP_POOL threadpool, backend::channel& channel) noexcept : environment_(threadpool), channel_(channel) {}
    // A guest whom nobody has taken finds a reset.
    ~porter();
    porter(const porter&) = delete;
    porter& operator=(const porter&) = delete;

    // Once, first. `options`: of each guest, and its door has them already.
    [[nodiscard]] core::refusal bind(SOCKET door, int family, std::span<const as_option_value> options) noexcept;

    // From a call that is pending until its completion has been told.
    [[nodiscard]] bool is_called() const noexcept { return is_called_; }
    // The system has not ended it yet.
    [[nodiscard]] bool is_pending() noexcept { return is_called_ && call_.is_pending(); }

    // Asks for the next connection, of one that is not called and whose guest was taken. `event`: of the call; may be
    // null. Pending, or refused: never done.
    [[nodiscard]] issue_result call(HANDLE event) noexcept;
    // The system has ended the call. NO_ERROR: the guest is there; otherwise why not.
    [[nodiscard]] DWORD completed(ULONG code) noexcept;
    // Empty if there is none.
    [[nodiscard]] backend::unique_socket take_guest() noexcept;

    [[nodiscard]] SOCKET door() const noexcept { return door_; }

private:
    static VOID CALLBACK on_completion(PTP_CALLBACK_INSTANCE instance, PVOID self, PVOID overlapped, ULONG io_result,
                                       ULONG_PTR bytes, PTP_IO io) noexcept;

    // NO_ERROR, or why the guest that has come is as good as lost.
    [[nodiscard]] DWORD prepare_guest() noexcept;

    // For both addresses, each with what AcceptEx wants beyond it.
    static constexpr DWORD room_for_address = sizeof(sockaddr_in6) + 16;

    callback_environment environment_;
    backend::channel& channel_;
    SOCKET door_ = INVALID_SOCKET;
    int family_ = 0;
    std::span<const as_option_value> options_;
    LPFN_ACCEPTEX accept_ = nullptr;
    unique_threadpool_io io_;
    io_call call_{};
    backend::unique_socket guest_;
    bool is_called_ = false;
    bool has_guest_ = false;
    unsigned char room_[2 * room_for_address] = {};
};

} // namespace async_socket::win32
