// What happened since the start, counted by all threads.
#pragma once

#include <atomic>
#include <cstdint>

namespace async_relay {

struct statistics {
    std::atomic<std::uint64_t> total{0};           // connections accepted
    std::atomic<std::uint64_t> bytes_to_target{0}; // taken by the system for the target
    std::atomic<std::uint64_t> bytes_to_client{0};
    std::atomic<std::uint64_t> connect_errors{0}; // the target could not be reached
    std::atomic<std::uint64_t> resets{0};         // connections that did not end in an orderly way
};

} // namespace async_relay
