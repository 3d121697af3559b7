// A connection bound to a pool: starts requests on it and takes their completions.
#pragma once

#include "core/backend.hpp"
#include "win32/connection.hpp"
#include "win32/issue_order.hpp"
#include "win32/pool.hpp"
#include "win32/request.hpp"
#include "win32/unique_handle.hpp"

namespace async_socket::backend {

class channel {
public:
    channel(const connection& connection, core::socket& owner) noexcept;
    ~channel();
    channel(const channel&) = delete;
    channel& operator=(const channel&) = delete;

    // Once, first. False: the channel is of no use, the connection is as it was.
    [[nodiscard]] bool bind(pool& pool) noexcept;
    [[nodiscard]] core::start_result start(win32::request& request) noexcept;
    // Ends what is pending, closes the connection, waits for the callbacks.
    void close() noexcept;

private:
    static VOID CALLBACK on_io_complete(PTP_CALLBACK_INSTANCE instance, PVOID context, PVOID overlapped,
                                        ULONG io_result, ULONG_PTR bytes, PTP_IO io) noexcept;

    [[nodiscard]] win32::issue_order& order_of(core::direction way) noexcept;
    // The three below: under the order's lock. Queued: the request is not ours any more.
    [[nodiscard]] win32::issue_result begin_and_issue(win32::issue_order& order, win32::request& request) noexcept;
    [[nodiscard]] win32::issue_result issue_round(win32::request& request) noexcept;
    [[nodiscard]] win32::issue_result issue_part(win32::request& request, win32::io_part& part) noexcept;

    void part_ended(win32::io_part& part) noexcept;
    void round_ended(win32::request& request) noexcept;
    // True: another round is under way, and the request is not ours any more.
    [[nodiscard]] bool go_on(win32::request& request, core::outcome& outcome) noexcept;
    [[nodiscard]] bool bytes_are_waiting() const noexcept;

    const connection connection_;
    core::socket& owner_;
    TP_CALLBACK_ENVIRON environment_;
    win32::unique_threadpool_io io_;
    win32::issue_order sends_;
    win32::issue_order receives_;
};

} // namespace async_socket::backend
