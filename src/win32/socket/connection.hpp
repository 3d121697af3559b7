// The connection under a channel: a socket transport (transport generation) or a plain socket
// (handle and current generation). Two ways to start a system call and to close.
#pragma once

#include <optional>

#include "core/backend.hpp"
#include "core/lifecycle.hpp"
#include "win32/socket/request.hpp"
#include "win32/system/win.hpp"

namespace async_socket::win32 {

// How an attempt to issue one part went.
struct issue_result {
    bool queued;          // the system has taken it on
    DWORD error;          // otherwise; 0 if the transport refused without asking the system
    bool at_once = false; // and has done it already
};

// Keeps a transport's memory as long as a channel uses it; nothing to do for a plain socket.
void hold(const backend::connection& connection) noexcept;
void let_go(const backend::connection& connection) noexcept;

// The socket, for as long as this lives: until then a transport's is not closed, and its number not
// given to another socket.
class socket_use {
public:
    explicit socket_use(const backend::connection& connection) noexcept;

    // INVALID_SOCKET for a transport that is not open.
    [[nodiscard]] SOCKET socket() const noexcept { return socket_; }

private:
    std::optional<core::lifecycle::visit> visit_;
    SOCKET socket_;
};

// A byte stream. False also if the system does not say what it is.
[[nodiscard]] bool is_stream(SOCKET socket) noexcept;
// Its handle is the system's own. That of a layered provider may not be, and then a completion that is skipped may
// be lost (FILE_SKIP_COMPLETION_PORT_ON_SUCCESS).
[[nodiscard]] bool has_system_handle(SOCKET socket) noexcept;

// `is_idle`: nothing of the connection's is with the system, so nothing has to be cancelled.
void close(const backend::connection& connection, bool is_idle) noexcept;

// Not queued because there is no connection any more.
[[nodiscard]] bool is_gone(const issue_result& issued) noexcept;
// What the caller of a start is told; says so in the log, too. 42_002, 01_029, 01_084, 01_106
[[nodiscard]] core::start_result result_of(core::direction way, const issue_result& issued) noexcept;

[[nodiscard]] issue_result issue(const backend::connection& connection, core::direction way, io_part& part) noexcept;

} // namespace async_socket::win32
