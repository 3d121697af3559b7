// One accepted call on its way: a send or receive with its buffers, or a wait for readiness
// (async_socket_notify_io_async) that has none. One piece of memory. It ends as a job of the channel's
// loop, which hands it to `socket::finish`.
#pragma once

#include <sys/uio.h>

#include <cstdint>

#include "c_pal/async_socket.h"
#include "core/backend.hpp"
#include "core/operation.hpp"
#include "linux/engine/job.hpp"

namespace async_socket::linux_os {

class lane;

class operation : public core::operation, public job {
public:
    [[nodiscard]] static std::uint64_t size_for(std::uint32_t buffer_count) noexcept;
    // Null when memory is out. Freed with backend::operation_destroy.
    [[nodiscard]] static operation* create(lane& lane, const core::operation& asked, const ASYNC_SOCKET_BUFFER* payload,
                                           std::uint32_t buffer_count) noexcept;
    void destroy() noexcept;

    // What has not been moved yet; not empty before the operation is whole.
    [[nodiscard]] iovec* pieces() const noexcept { return pieces_; }
    [[nodiscard]] std::uint32_t piece_count() const noexcept { return piece_count_; }
    [[nodiscard]] std::uint64_t moved() const noexcept { return moved_; }
    [[nodiscard]] bool is_whole() const noexcept { return moved_ == total; }

    // `bytes` more were moved; they are dropped from the pieces.
    void advance(std::uint64_t bytes) noexcept;

    // How it ended; then it can be run as a job. `code`: errno, 0 for a success.
    void settle(core::ending how, int code) noexcept;
    // After that: the code of a failure, 0 for a success.
    [[nodiscard]] int failure() const noexcept { return code_; }

    // Whose it is.
    [[nodiscard]] backend::channel& channel() const noexcept;

private:
    operation(lane& lane, const core::operation& asked, std::uint32_t size, iovec* pieces,
              std::uint32_t piece_count) noexcept;

    // Hands it to its owner's `finish`.
    static void deliver(job& self) noexcept;

    const std::uint32_t size_; // in memory, pieces and all; payload_problem refuses more
    std::uint32_t piece_count_;
    iovec* pieces_;
    std::uint64_t moved_ = 0;
    int code_ = 0;
    core::ending how_ = core::ending::success;
};

} // namespace async_socket::linux_os
