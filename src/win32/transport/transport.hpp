// What a transport is on Windows.
#pragma once

#include <atomic>

#include "core/common/lock.hpp"
#include "core/transport/transport.hpp"
#include "win32/system/cancel.hpp"
#include "win32/system/unique_handle.hpp"

namespace async_socket::win32 {

[[nodiscard]] inline SOCKET to_socket(SOCKET_HANDLE handle) noexcept
{
    return reinterpret_cast<SOCKET>(handle);
}

// Takes what a system call returned.
[[nodiscard]] inline backend::unique_socket own(SOCKET socket) noexcept
{
    return backend::unique_socket(reinterpret_cast<SOCKET_HANDLE>(socket));
}

// Makes a socket one that blocks, and tells no event. False, with the last error set, on a failure.
[[nodiscard]] bool make_plain(SOCKET socket) noexcept;

} // namespace async_socket::win32

namespace async_socket::backend {

class transport : public core::transport {
public:
    explicit transport(SOCKET_TYPE type) noexcept : core::transport(type) {}

    [[nodiscard]] static transport& of(core::transport& transport) noexcept
    {
        return static_cast<class transport&>(transport);
    }

    // While it listens: set by the system, and by the end. Belongs to whoever opens the transport; others read it while
    // inside and open.
    [[nodiscard]] win32::unique_event& connection_waits() noexcept { return connection_waits_; }

    // How many calls inside may block: those without an OVERLAPPED.
    [[nodiscard]] std::atomic<std::uint32_t>& blocking_calls() noexcept { return blocking_calls_; }

    // A channel's operations are on the socket: `question` is asked while a disconnect ends them, until it is taken
    // back (with one that asks nothing).
    void ask_when_closing(const win32::pending_question& question) noexcept;

    // Ends what is pending, waits for the calls inside, closes the socket.
    void end() noexcept;

private:
    [[nodiscard]] bool is_pending() noexcept;

    std::atomic<std::uint32_t> blocking_calls_{0};
    core::lock question_lock_;
    win32::pending_question question_;
    win32::unique_event connection_waits_;
};

} // namespace async_socket::backend
