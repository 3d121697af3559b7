// How much of one open socket is still to come: the only thing that a close waits for.
//
// Linux counts each operation that was accepted, until its callback has returned. Windows counts each call that the
// system has, until the thread that its completion comes to has left the callback; each request that waits in line; and
// each that has ended without a completion, until its callback has returned. A close or destroy inside a callback
// leaves that callback at once.
#pragma once

#include <atomic>
#include <cstdint>

#include "core/life/callback_frame.hpp"

namespace async_socket::core {

class undelivered {
public:
    // Of a socket that is opened: nothing is to come, and nobody waits.
    void begin_again() noexcept { word_.store(0, std::memory_order_relaxed); }

    void add(std::uint32_t count = 1) noexcept { word_.fetch_add(count * one, std::memory_order_relaxed); }
    // The last touch of whatever this is a part of, unless the caller holds another one.
    void drop() noexcept;

    [[nodiscard]] bool none() const noexcept { return word_.load(std::memory_order_acquire) == 0; }
    // For the closer, when no call is inside any more. False after `timeout_ms`.
    [[nodiscard]] bool wait_for_none(std::uint32_t timeout_ms) noexcept;
    void wait_for_none() noexcept
    {
        while (!wait_for_none(UINT32_MAX)) {
        }
    }

private:
    static constexpr std::uint32_t closer_waits = 1;
    static constexpr std::uint32_t one = 2;

    std::atomic<std::uint32_t> word_{0}; // how many, and whether somebody waits for none
};

// A callback of `owner` on this thread, for which one is counted: given back at the end, or by a close in there.
class counted_callback {
public:
    counted_callback(const socket& owner, undelivered& counted) noexcept
        : counted_(&counted),
          frame_(
              owner, [](void* self) { static_cast<counted_callback*>(self)->leave(); }, this)
    {
    }
    ~counted_callback() { leave(); }
    counted_callback(const counted_callback&) = delete;
    counted_callback& operator=(const counted_callback&) = delete;

private:
    void leave() noexcept;

    undelivered* counted_; // null once left
    const callback_frame frame_;
};

} // namespace async_socket::core
