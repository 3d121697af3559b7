// What the requests of one direction have in common from their acceptance to their callback: they are counted,
// and those that no completion of the system brings there get a callback of the pool's, or wait for their turn
// (turn.hpp).
#pragma once

#include <atomic>
#include <cstdint>

#include "win32/socket/binding.hpp"
#include "win32/socket/request.hpp"
#include "win32/system/srw_lock.hpp"

namespace async_socket::win32 {

class delivery {
public:
    explicit delivery(binding& binding) noexcept : binding_(binding) {}
    delivery(const delivery&) = delete;
    delivery& operator=(const delivery&) = delete;

    // From then on the others cannot fail. False when memory is out. Not by two threads at once.
    [[nodiscard]] bool prepare() noexcept;

    // Every accepted request is counted until it reaches its callback. The second is the last touch, unless
    // the caller is in a callback of the pool's that the closer waits for.
    void begin_one() noexcept { undelivered_.fetch_add(one, std::memory_order_relaxed); }
    void end_one() noexcept;

    // The request, which has been counted, has ended without a completion: in the call that started it; or
    // later.
    void soon(request& ended, const core::outcome& outcome) noexcept;
    void later(request& ended, const core::outcome& outcome) noexcept;

    // For a turn: the callback of a request that it has kept runs now, on this thread; or on another.
    void here(request& ended) noexcept;
    void elsewhere(request& ended) noexcept { later(ended, ended.verdict()); }

    // For the closer, when no call is inside any more: the system has nothing.
    [[nodiscard]] bool is_idle() const noexcept { return undelivered_.load(std::memory_order_acquire) == 0; }
    // For the closer, after the connection was closed: what waits for the end of somebody's callback does
    // not wait any longer.
    void hurry() noexcept;
    // Then: true once every accepted request has reached its callback (and the callback of one that a turn
    // delivers has returned or was detached), false after `timeout_ms`.
    [[nodiscard]] bool wait_until_ended(std::uint32_t timeout_ms) noexcept;
    // Until the callbacks of `soon` and `later` have returned or were detached.
    void wait_for_callbacks() noexcept;

private:
    static constexpr std::uint32_t closer_waits = 1;
    static constexpr std::uint32_t one = 2;

    static VOID CALLBACK on_ended(PTP_CALLBACK_INSTANCE instance, PVOID context, PTP_WORK work) noexcept;

    binding& binding_;
    std::atomic<std::uint32_t> undelivered_{0}; // and whether somebody waits for the end of all
    srw_lock lock_;
    request_list ended_; // one callback of work_ each
    unique_threadpool_work work_;
};

} // namespace async_socket::win32
