// One accepted call on its way: a send or receive with its buffers, or a wait for readiness
// (async_socket_notify_io_async) that has none. One piece of memory: the pieces follow it. It ends as a job of the
// channel's loop, which hands it to `socket::finish`. One that is not over yet is a job that asks the lane's hooks.
#pragma once

#include <sys/uio.h>

#include <cstdint>

#include "c_pal/async_socket.h"
#include "core/backend.hpp"
#include "core/operation.hpp"
#include "schedule/job.hpp"

namespace async_socket::linux_os {

class lane;

class operation : public core::operation, public schedule::job {
public:
    [[nodiscard]] static std::uint64_t size_for(std::uint32_t buffer_count) noexcept;
    // Null when memory is out. Freed with backend::operation_destroy.
    [[nodiscard]] static operation* create(lane& lane, const core::operation& asked, const ASYNC_SOCKET_BUFFER* payload,
                                           std::uint32_t buffer_count) noexcept;
    void destroy() noexcept;

    // What has not been moved yet; not empty before the operation is whole.
    [[nodiscard]] iovec* pieces() const noexcept { return all_pieces() + whole_pieces_; }
    [[nodiscard]] std::uint32_t piece_count() const noexcept { return piece_count_; }
    [[nodiscard]] std::uint64_t moved() const noexcept { return moved_; }
    [[nodiscard]] bool is_whole() const noexcept { return moved_ == total; }

    // `bytes` more were moved; they are dropped from the pieces.
    void advance(std::uint64_t bytes) noexcept;

    // It is over. `code`: errno, 0 for a success.
    void end_as(core::ending how, int code) noexcept;
    // After that: the code of a failure, 0 for a success.
    [[nodiscard]] int failure() const noexcept { return code_; }

    // Whose it is.
    [[nodiscard]] linux_os::lane& lane() const noexcept;
    [[nodiscard]] backend::channel& channel() const noexcept;

private:
    operation(linux_os::lane& lane, const core::operation& asked, const ASYNC_SOCKET_BUFFER* payload,
              std::uint32_t buffer_count) noexcept;

    [[nodiscard]] iovec* all_pieces() const noexcept;
    static void run(schedule::job& self) noexcept;
    // Hands it to its owner's `finish`.
    void deliver() noexcept;

    std::uint32_t whole_pieces_ = 0; // those that have been moved
    std::uint32_t piece_count_;      // the others
    std::uint64_t moved_ = 0;
    int code_ = 0;
    core::ending how_ = core::ending::done;
    bool is_over_ = false;
};

// What an idle connection costs is a receive that waits and two channels (channel.hpp). With its usual pieces an
// operation fills what malloc has for it.
static_assert(sizeof(void*) != 8 || sizeof(operation) == 88);

} // namespace async_socket::linux_os
