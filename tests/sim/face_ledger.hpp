// What the random program with coroutines knows of its streams, and of who may end what its tasks wait for. By that it
// checks what they are told.
#pragma once

#include <cstdint>
#include <vector>

#include "async_socket/deadline.h"
#include "async_socket/outcome.h"
#include "received_bytes.hpp"

namespace sim {

struct connection;
struct place;

// What stops tasks: a scope, a group, a token.
struct stopper {
    bool has_begun = false;
    as_deadline at = AS_NEVER; // or it will by itself, not before this
};

// What reaches a task. It stays for the run, as all of these do.
struct reach {
    const reach* outer = nullptr; // whose stops do, too; null: nobody's
    const stopper* by = nullptr;  // null: no other one
    as_deadline until = AS_NEVER; // of all its operations
    bool is_shielded = false;     // no stop comes through from the outermost ones
};

[[nodiscard]] bool may_be_stopped(const reach& asked);

// What a task waits for.
struct awaited {
    enum class kind : std::uint8_t { receive, send, drain, accept, connect, lookup, timer };

    kind what = kind::timer;
    const reach* within = nullptr;
    place* on = nullptr;          // of an operation of a stream
    as_deadline until = AS_NEVER; // its own
    std::uint64_t size = 0;       // of its bytes
    bool is_whole = false;        // it is done with all of them only
    bool was_stopped = false;     // before it was begun
    bool has_no_stream = false;   // that is closed
    bool may_be_refused = false;
    bool has_no_name = false;

    [[nodiscard]] as_deadline end() const { return until < within->until ? until : within->until; }
};

// A stream with a peer that the run controls.
struct place {
    connection* peer = nullptr;
    bool is_shut = false;    // a shutdown was tried
    bool is_closing = false; // a task closes it, or has
    bool is_lost = false;    // the peer has reset it
    bool has_peer_ended = false;
    std::uint64_t bytes_sent = 0; // that tasks were told of
    std::vector<awaited> sends;   // each of which may have been cut, and have ended those behind it
    received_bytes received;
};

// A breach, unless there is a reason for it.
void check(const awaited& asked, const as_outcome& told);

} // namespace sim
