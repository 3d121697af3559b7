// One workload and what came of it: the same for every implementation, on both platforms.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

#include "latencies.hpp"

namespace bench {

enum class kind : std::uint8_t {
    ping_pong, // W1, W3: every client sends a message, waits for its echo, sends the next
    stream,    // W2: one client sends without end, `outstanding` sends at a time; the server reads
    churn,     // W4: connect, one message and its echo, close (by the client, the server sees the end); again
    idle       // W6: `connections` open connections, a receive pending on each server side, nothing moves
};

struct workload {
    kind what = kind::ping_pong;
    unsigned connections = 1;
    unsigned outstanding = 1;
    std::size_t message = 64;          // bytes of one send
    std::size_t receive_buffer = 4096; // bytes of one receive; 65536 for stream
    unsigned loops = 1;                // event loops, or threads of the pool
    std::chrono::milliseconds warm_up{200};
    std::chrono::milliseconds duration{1000};
    std::uint64_t operations =
        0; // not 0: each client ends after so many round trips or connections, and not by the time
};

struct result {
    std::uint64_t operations = 0;    // round trips, sends or connections that ended in the measured time
    std::uint64_t bytes = 0;         // stream: what the server received in that time
    double seconds = 0;              // the measured time
    double cpu_seconds = 0;          // of this process, in the measured time (all threads; Wine's server too)
    double others_seconds = 0;       // of the measured time, that others had the processors; see --processors
    double bytes_per_connection = 0; // idle: growth of the process's private memory, both ends, per connection
    latencies round_trips;           // ping_pong only: a histogram
};

// Implemented once in each benchmark program: clients and servers in this process, on loopback, TCP_NODELAY.
// Throws std::exception when anything goes wrong; never returns a partial result.
[[nodiscard]] result run(const workload& workload);

} // namespace bench
