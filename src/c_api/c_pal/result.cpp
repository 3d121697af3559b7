#include "c_api/c_pal/result.hpp"

namespace async_socket::c_api {

ASYNC_SOCKET_SEND_RESULT send_result_of(const core::outcome& outcome) noexcept
{
    return outcome.how == core::ending::done ? ASYNC_SOCKET_SEND_OK : ASYNC_SOCKET_SEND_ERROR;
}

receive_report receive_report_of(const core::outcome& outcome, std::uint64_t total) noexcept
{
    if (core::is_end_of_connection(outcome.how)) {
        return {ASYNC_SOCKET_RECEIVE_ABANDONED, 0}; // 42_001, 42_003
    }
    if (outcome.how != core::ending::done) {
        return {ASYNC_SOCKET_RECEIVE_ERROR, 0}; // 01_070
    }
    // A count that does not even fit the callback's parameter is shown as the largest that does.
    const auto bytes = outcome.bytes > UINT32_MAX ? UINT32_MAX : static_cast<std::uint32_t>(outcome.bytes);
    if (outcome.bytes > total) {
        return {ASYNC_SOCKET_RECEIVE_ERROR, bytes}; // 01_095
    }
    return {ASYNC_SOCKET_RECEIVE_OK, bytes}; // 01_069
}

} // namespace async_socket::c_api
