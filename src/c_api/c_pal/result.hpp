// What the user's callbacks are told of an outcome.
#pragma once

#include "c_pal/async_socket.h"
#include "core/operation/outcome.hpp"

namespace async_socket::c_api {

struct receive_report {
    ASYNC_SOCKET_RECEIVE_RESULT result;
    std::uint32_t bytes;
};

// A send that went through, but not whole, has failed (01_102): that is the platform's to see. Requirements: 01_066,
// 01_067.
[[nodiscard]] ASYNC_SOCKET_SEND_RESULT send_result_of(const core::outcome& outcome) noexcept;

// `total`: the bytes that were asked for. Requirements: 01_069, 01_070, 01_095, 42_001, 42_003.
[[nodiscard]] receive_report receive_report_of(const core::outcome& outcome, std::uint64_t total) noexcept;

} // namespace async_socket::c_api
