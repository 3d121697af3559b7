// One accepted call on its way: a send or receive with its buffers, or a wait for readiness
// (async_socket_notify_io_async) that has none. It ends as a job of the channel's loop, which hands it to
// `socket::finish`. One that is not over yet is a job that asks the lane's hooks.
#pragma once

#include <cstdint>
#include <type_traits>

#include "core/operation/operation.hpp"
#include "core/platform/backend.hpp"
#include "core/time/operation_alarm.hpp"
#include "schedule/job.hpp"

namespace async_socket::linux_os {

class lane;

class operation : public core::operation, public schedule::job {
public:
    // On the way of the lane's direction.
    operation(linux_os::lane& lane, const core::operation& asked) noexcept;

    [[nodiscard]] std::uint64_t moved() const noexcept { return moved_; }
    [[nodiscard]] bool is_whole() const noexcept { return moved_ == total; }

    // Any bytes that it has moved are what was asked for.
    [[nodiscard]] bool is_done_with_some() const noexcept
    {
        return kind == core::operation_kind::receive || kind == core::operation_kind::send_some;
    }
    // `bytes` more were moved.
    void advance(std::uint64_t bytes) noexcept { moved_ += bytes; }
    // It goes on behind the last bytes that were moved.
    void go_on_behind(std::uint64_t bytes) noexcept { left.skip(bytes); }

    // It is over. `code`: errno, 0 for a success.
    void end_as(core::ending how, int code) noexcept
    {
        how_ = how;
        code_ = code;
        is_over_ = true;
    }
    [[nodiscard]] bool is_over() const noexcept { return is_over_; }
    // After that: the code of a failure, 0 for a success.
    [[nodiscard]] int failure() const noexcept { return code_; }

    // Whose it is.
    [[nodiscard]] linux_os::lane& lane() const noexcept;
    [[nodiscard]] backend::channel& channel() const noexcept;

    // As a job.
    static void run(schedule::job& self) noexcept;

private:
    // Hands it to its owner's `finish`.
    void deliver() noexcept;

    std::uint64_t moved_ = 0;
    int code_ = 0;
    core::ending how_ = core::ending::done;
    bool is_over_ = false; // under the lane's lock until it is; if it is not, it is in line, or asks hooks
};

// What an idle connection costs is a receive that waits and two channels (channel.hpp).
static_assert(sizeof(void*) != 8 || sizeof(operation) == 104);
static_assert(core::fits_before_alarm<operation>);
static_assert(std::is_trivially_destructible_v<operation>, "its memory is its caller's, who knows nothing of it");

} // namespace async_socket::linux_os
