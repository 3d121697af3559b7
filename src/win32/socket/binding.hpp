// A connection bound to a pool: what the two directions of a channel share.
#pragma once

#include "core/backend.hpp"
#include "win32/engine/pool.hpp"
#include "win32/socket/connection.hpp"
#include "win32/socket/request.hpp"
#include "win32/system/unique_handle.hpp"

namespace async_socket::win32 {

class binding {
public:
    binding(const backend::pool& pool, const backend::connection& connection, core::socket& owner) noexcept;
    ~binding();
    binding(const binding&) = delete;
    binding& operator=(const binding&) = delete;

    // Once, first. `context` is handed to `on_io_complete`. False: the connection is as it was.
    [[nodiscard]] bool bind(PTP_WIN32_IO_CALLBACK on_io_complete, void* context) noexcept;

    [[nodiscard]] core::socket& owner() const noexcept { return owner_; }
    [[nodiscard]] TP_CALLBACK_ENVIRON& environment() noexcept { return environment_; }
    [[nodiscard]] PTP_POOL threadpool() const noexcept { return threadpool_; }
    [[nodiscard]] bool is_fast() const noexcept { return is_fast_; }

    // Announces one completion and issues one part. If no completion will come, the announcement is taken
    // back: the part was refused; or, in fast mode, it has ended at once, and says how.
    [[nodiscard]] issue_result issue(core::direction way, io_part& part) noexcept;
    // A receive would end at once with at least one byte.
    [[nodiscard]] bool bytes_are_waiting() const noexcept;

    // Cancels what is pending, unless nothing is, and closes the connection.
    void close_connection(bool is_idle) noexcept;
    // Until every announced completion has come and its callback has returned or was detached.
    void wait_for_callbacks() noexcept;

private:
    const backend::connection connection_;
    core::socket& owner_;
    const PTP_POOL threadpool_;
    const bool is_fast_;
    const HANDLE event_; // of all operations in fast mode; null: they need none
    TP_CALLBACK_ENVIRON environment_;
    unique_threadpool_io io_;
    bool skips_completions_ = false; // of what succeeds at once
};

} // namespace async_socket::win32
