// What an engine has counted: the traffic of its streams, those that are open and those that were, and what seldom
// happens.
//
// The traffic of an open stream is where it is counted (core/socket/traffic.hpp); here is the list of them, with a lock
// that an open, a close and a question take, and no operation.
#pragma once

#include <atomic>
#include <cstdint>

#include "core/common/lock.hpp"
#include "core/socket/traffic.hpp"

namespace async_socket::core {

// Any thread.
class tally {
public:
    // What is not an operation of a stream's.
    enum class event : std::uint8_t {
        connection_lost,   // before a listener's user had it
        accept_shortage,   // a listener found no room, and had some before
        connect_failed,    // an attempt at one address
        deadline_has_ended // an operation
    };

    // How a stream came to its user.
    enum class origin : std::uint8_t { adopted, accepted, connected };

    struct sums {
        traffic_sums traffic;
        std::uint64_t streams_open;
        std::uint64_t connections_accepted;
        std::uint64_t connects_done;
        std::uint64_t connections_lost;
        std::uint64_t accept_shortages;
        std::uint64_t connects_failed;
        std::uint64_t deadlines_passed;
    };

    tally() = default;
    tally(const tally&) = delete;
    tally& operator=(const tally&) = delete;

    void count(event what) noexcept { events_[index_of(what)].fetch_add(1, std::memory_order_relaxed); }

    // A stream is somebody's, from now until it is removed.
    void add(traffic& opened, origin from) noexcept;
    // It was added. What it has counted stays in the sums.
    void remove(traffic& closed) noexcept;

    // Each of them is never less than it was, but `streams_open`. They are not of one instant. The longer the more
    // streams are open, and whoever opens or closes one waits meanwhile.
    [[nodiscard]] sums read() noexcept;

private:
    template <typename Enumerator>
    [[nodiscard]] static constexpr std::uint32_t index_of(Enumerator one) noexcept
    {
        return static_cast<std::uint32_t>(one);
    }
    [[nodiscard]] std::uint64_t count_of(event what) const noexcept
    {
        return events_[index_of(what)].load(std::memory_order_relaxed);
    }

    lock lock_;
    // All of these: under the lock.
    traffic* first_ = nullptr;
    traffic_sums of_closed_{};
    std::uint64_t open_ = 0;
    std::uint64_t from_[3]{}; // how many of each origin

    std::atomic<std::uint64_t> events_[4]{};
};

} // namespace async_socket::core
