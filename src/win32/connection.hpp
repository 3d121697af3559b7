// The connection under a channel: a socket transport (transport generation) or a plain socket
// (handle and current generation). Two ways to start a system call and to close.
#pragma once

#include "core/backend.hpp"
#include "win32/request.hpp"
#include "win32/win.hpp"

namespace async_socket::win32 {

// How an attempt to issue one part went.
struct issue_result {
    bool queued; // a completion will follow
    DWORD error; // otherwise; 0 if the transport refused without asking the system
};

// Keeps a transport's memory as long as a channel uses it; nothing to do for a plain socket.
void hold(const backend::connection& connection) noexcept;
void let_go(const backend::connection& connection) noexcept;

// INVALID_SOCKET for a transport that is not open.
[[nodiscard]] SOCKET socket_of(const backend::connection& connection) noexcept;
[[nodiscard]] issue_result issue(const backend::connection& connection, core::direction way, io_part& part) noexcept;

} // namespace async_socket::win32
