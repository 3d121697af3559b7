// What the relay has done since it began.
#pragma once

#include <atomic>
#include <cstdint>

namespace async_relay {

struct counters {
    std::atomic<std::uint64_t> total{0};           // clients
    std::atomic<std::uint64_t> bytes_to_target{0}; // that the target's system has taken
    std::atomic<std::uint64_t> bytes_to_client{0};
    std::atomic<std::uint64_t> connect_errors{0}; // clients whom no target took
    std::atomic<std::uint64_t> resets{0};         // clients that did not end in good order, those before and below too
    std::atomic<std::uint64_t> idle{0};           // nothing has moved for too long
    std::atomic<std::uint64_t> bad_headers{0};    // no PROXY header, though there has to be one
    std::atomic<std::uint64_t> dropped{0};        // there was no memory, or no descriptor, for them
};

} // namespace async_relay
