// What has gone over a stream, counted while it goes: bytes by whoever moves them, ends by whoever is about to call
// back.
//
// Of either there is one at a time in each direction, and it sees what the one before it has written: bytes are moved
// under the lock of the lane, and callbacks in order are handed on from one to the next. So to count is a load, an add
// and a store, and no locked instruction; anybody may read meanwhile. A number of 64 bits is written as one, on
// processors of 32 bits, too.
//
// What a deadline ends is seldom, and both directions count it in one place; so that is a locked add.
//
// Of c-pal's sockets, whose callbacks come side by side, only the bytes are counted, and nobody asks for them.
#pragma once

#include <atomic>
#include <cstdint>

#include "core/operation/operation_kind.hpp"

namespace async_socket::core {

struct traffic_sums {
    std::uint64_t sends;    // that have ended
    std::uint64_t receives; // the same
    std::uint64_t bytes_sent;
    std::uint64_t bytes_received;

    traffic_sums& operator+=(const traffic_sums& other) noexcept
    {
        sends += other.sends;
        receives += other.receives;
        bytes_sent += other.bytes_sent;
        bytes_received += other.bytes_received;
        return *this;
    }
};

class traffic {
public:
    traffic() = default;
    traffic(const traffic&) = delete;
    traffic& operator=(const traffic&) = delete;

    void count_bytes(direction way, std::uint64_t moved) noexcept { add(in(way).bytes, moved); }
    void count_end(direction way) noexcept { add(in(way).ends, 1); }
    void count_deadline() noexcept { deadlines_passed_.fetch_add(1, std::memory_order_relaxed); }

    // As if nothing had been counted in that direction. By whoever alone has the stream.
    void forget(direction way) noexcept
    {
        in(way).bytes.store(0, std::memory_order_relaxed);
        in(way).ends.store(0, std::memory_order_relaxed);
    }

    // Any thread. They are not of one instant.
    [[nodiscard]] traffic_sums sums() const noexcept
    {
        const counts& sent = of_[static_cast<std::uint32_t>(direction::send)];
        const counts& received = of_[static_cast<std::uint32_t>(direction::receive)];
        return {read(sent.ends), read(received.ends), read(sent.bytes), read(received.bytes)};
    }
    // Operations that one, or the idle time, has ended. They are not among the sums: an engine counts its own.
    [[nodiscard]] std::uint64_t deadlines_passed() const noexcept { return read(deadlines_passed_); }

private:
    friend class tally; // in whose list it is

    using counter = std::atomic<std::uint64_t>;
    static_assert(std::atomic_ref<std::uint64_t>::is_always_lock_free);

    struct counts {
        counter bytes{0};
        counter ends{0};
    };

    [[nodiscard]] static std::uint64_t read(const counter& counted) noexcept
    {
        return counted.load(std::memory_order_relaxed);
    }
    static void add(counter& counted, std::uint64_t more) noexcept
    {
        counted.store(read(counted) + more, std::memory_order_relaxed);
    }
    [[nodiscard]] counts& in(direction way) noexcept { return of_[static_cast<std::uint32_t>(way)]; }

    counts of_[2];
    // In a circle with the others of its engine's open streams.
    traffic* next_ = nullptr;
    traffic* previous_ = nullptr;
    counter deadlines_passed_{0};
};

// Each stream has one, and there are many streams.
static_assert(sizeof(traffic) == 5 * sizeof(std::uint64_t) + 2 * sizeof(void*));

} // namespace async_socket::core
