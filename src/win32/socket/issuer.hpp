// What each kind of operation is to the system: how the call of a round is made. A new kind is one more issuer in
// issuer.cpp; lanes and requests know of none.
#pragma once

#include <cstdint>

#include "async_socket/address.h"
#include "core/operation/operation_kind.hpp"
#include "core/operation/outcome.hpp"
#include "core/operation/pieces.hpp"
#include "core/platform/backend.hpp"
#include "win32/system/win.hpp"

namespace async_socket::win32 {

// More in one call, on Wine, fails and completes all the same.
constexpr std::uint32_t max_buffers_in_a_call = 1024;

// How the system took a call.
enum class taken : std::uint8_t {
    pending, // a completion tells of its end
    done,    // it has ended, with success; a completion says so once more unless the socket skips it
    refused
};

struct issue_result {
    taken how;
    DWORD error = NO_ERROR; // refused: the system's; 0 if a transport refused without asking the system

    [[nodiscard]] bool is_refused() const noexcept { return how == taken::refused; }
};

// The buffers may go when it returns. 01_061, 01_082
[[nodiscard]] issue_result issue(core::operation_kind kind, const backend::connection& connection,
                                 const core::pieces::row& buffers, OVERLAPPED& overlapped) noexcept;

// The same of a connect, for which the socket is bound already. `address` may go when it returns.
[[nodiscard]] issue_result issue_connect(const backend::connection& connection, const as_address& address,
                                         OVERLAPPED& overlapped) noexcept;
// Behind a connect that is done, without which it is no connected socket to most calls. How it ends now.
[[nodiscard]] core::outcome complete_connect(const backend::connection& connection,
                                             const core::outcome& ended) noexcept;

// Says so in the log, too. 42_002, 01_029, 01_084, 01_106
[[nodiscard]] core::refusal refusal_of(core::operation_kind kind, const issue_result& issued) noexcept;

} // namespace async_socket::win32
