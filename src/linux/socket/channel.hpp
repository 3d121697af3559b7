// An open connection: a lane in each direction over one endpoint, registered with one loop. It lies in a
// slot of that loop and is used again for other connections, one after the other.
//
// A close takes nothing from the kernel's hands, since all that waits is ours: the lanes end it at once.
// What is left to wait for are the callbacks, which go before all others (loop::hurry).
#pragma once

#include <cstdint>

#include "core/life/undelivered.hpp"
#include "core/platform/backend.hpp"
#include "linux/socket/endpoint.hpp"
#include "linux/socket/lane.hpp"
#include "linux/socket/receive_alarm.hpp"
#include "schedule/job.hpp"

namespace async_socket::core {
class doors;
} // namespace async_socket::core

namespace async_socket::linux_os {
class loop;
} // namespace async_socket::linux_os

namespace async_socket::backend {

class channel {
public:
    // In slot `index` of `home`, for good.
    channel(linux_os::loop& home, std::uint32_t index) noexcept;
    channel(const channel&) = delete;
    channel& operator=(const channel&) = delete;

    // False, with errno: the slot is free again, the connection is as it was.
    [[nodiscard]] bool open(const connection& connection, core::socket& owner) noexcept;
    // See backend::channel_start.
    [[nodiscard]] core::refusal start(const core::operation& asked, void* memory) noexcept;
    // For its stream's idle time; see backend::channel_arm, channel_note_times and channel_end_idle.
    void arm_and_wake(core::clock_alarm& armed) noexcept;
    void note_times() noexcept
    {
        sends_.note_times();
        receives_.note_times();
    }
    void end_idle(core::idle_time& asked) noexcept { linux_os::lane::end_idle(sends_, receives_, asked); }
    // See backend::channel_close. Frees the slot.
    void close(bool keeps_connection) noexcept;
    // In a process that inherited it: closes this process's copy of the descriptor. What else it has is its parent's.
    void abandon() noexcept;

    // From the loop's poller, by any thread. It may be an event of an earlier life.
    void on_event(std::uint32_t generation, std::uint32_t events, linux_os::worker& poller) noexcept;

    // See backend::channel_socket.
    [[nodiscard]] SOCKET_HANDLE socket() const noexcept { return connection_.socket; }
    [[nodiscard]] int fd() const noexcept { return endpoint_.fd(); }
    // Events of another generation are of an earlier life.
    [[nodiscard]] std::uint32_t generation() const noexcept { return generation_; }
    // True if the loop still has the socket: nobody has closed it behind our back.
    [[nodiscard]] bool has_socket() noexcept;

    [[nodiscard]] core::socket& owner() const noexcept { return *owner_; }
    // For its lanes.
    [[nodiscard]] linux_os::endpoint& endpoint() noexcept { return endpoint_; }
    [[nodiscard]] linux_os::lane& lane_in(core::direction way) noexcept
    {
        return way == core::direction::send ? sends_ : receives_;
    }

    // Its operations. Dropping one is the last touch: the channel may be closed at once.
    [[nodiscard]] core::undelivered& undelivered() noexcept { return undelivered_; }
    // Hands jobs to the loop, of which there are some.
    void post(schedule::job_list& jobs) noexcept;
    // The same in the order of the calls, by whoever has a lock. True: wake_loop has to follow.
    [[nodiscard]] bool put_in_line(schedule::job_list& jobs) noexcept;
    [[nodiscard]] bool put_in_line(schedule::job& job) noexcept;
    // The same by who looks at the loop's sockets.
    [[nodiscard]] bool put_in_line(schedule::job& job, linux_os::worker& poller) noexcept;
    void wake_loop() noexcept;
    // By whoever has a lock. True: wake_loop has to follow.
    [[nodiscard]] bool arm(core::clock_alarm& armed) noexcept;
    // Of the lane of receives, under its lock.
    [[nodiscard]] linux_os::receive_alarm& receive_alarm() noexcept { return receive_alarm_; }
    // In a job of one of its lines, for whose end its closer does not wait any more.
    void release_line() noexcept;

    // For the slots, while the channel is free.
    [[nodiscard]] channel* next_free() const noexcept { return next_free_; }
    void set_next_free(channel* next) noexcept { next_free_ = next; }

    // For bound_sockets.
    [[nodiscard]] channel* next_bound() const noexcept { return next_bound_; }
    void set_next_bound(channel* next) noexcept { next_bound_ = next; }

private:
    [[nodiscard]] std::uint64_t key() const noexcept;
    // The steps of an open behind the first one. 0, or errno.
    [[nodiscard]] int register_socket() noexcept;
    [[nodiscard]] int register_connection() noexcept;
    [[nodiscard]] int register_doors(core::doors& doors) noexcept;
    // The first `count` of them.
    void remove_doors(const core::doors& doors, std::uint32_t count) noexcept;
    // Out of the loop, and of the table of those that are bound.
    void unregister_socket() noexcept;
    void wait_for_callbacks() noexcept;

    linux_os::loop& home_;
    const std::uint32_t index_;
    std::uint32_t generation_ = 0;
    core::undelivered undelivered_;
    connection connection_{};
    union {
        core::socket* owner_ = nullptr; // in use
        channel* next_free_;            // not in use
    };
    channel* next_bound_ = nullptr;
    linux_os::endpoint endpoint_;
    linux_os::lane sends_;
    linux_os::lane receives_;
    linux_os::receive_alarm receive_alarm_;
};

// Many connections are idle: what one costs is two channels, two sockets, and a receive that waits.
static_assert(sizeof(void*) != 8 || sizeof(channel) == 232);

} // namespace async_socket::backend
