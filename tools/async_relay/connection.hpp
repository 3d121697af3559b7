// A client, the target, and a pipe in each direction between them.
//
// Who keeps it: shared_ptr. One is held by whoever is still connecting it, then one by each pipe
// that runs. When both directions have ended, the last one is dropped, usually in a callback on a
// thread of the engine; that closes both peers.
//
// How it ends: each direction ends by itself, with a half-close (pass_end). If anything goes wrong
// in one, there is no way to tell the peers but to reset both (reset).
#pragma once

#include <atomic>
#include <chrono>
#include <memory>
#include <mutex>

#include "common/endpoint.hpp"
#include "common/peer.hpp"
#include "pipe.hpp"
#include "statistics.hpp"

namespace async_relay {

class connection : public std::enable_shared_from_this<connection> {
public:
    // Takes the accepted transport over.
    connection(SOCKET_TRANSPORT_HANDLE client, statistics& counted);

    // Blocks, for at most the timeout. False: the target cannot be reached.
    bool connect(const tools::endpoint& target, std::chrono::milliseconds timeout);

    // After connect. Returns at once; from now on the pipes run on the engine's threads.
    void start(EXECUTION_ENGINE_HANDLE engine);

    // Resets both peers, once; what is pending ends. May be called from any thread at any time.
    void reset();

    // The time since the last byte moved.
    [[nodiscard]] std::chrono::milliseconds idle_time() const;

    // For the pipes.
    void moved_bytes();
    // The source's stream ended after so many bytes: so does the sink's. False if it was no orderly end.
    bool pass_end(const tools::peer& source, std::uint64_t bytes_received, const tools::peer& sink);

private:
    bool open(EXECUTION_ENGINE_HANDLE engine);

    statistics& counted_;
    std::atomic<std::chrono::steady_clock::time_point> last_move_;
    // Guards the plain sockets: they are used under it, and only before reset_.
    std::mutex mutex_;
    bool reset_ = false;
    tools::peer client_;
    tools::peer target_;
    pipe to_target_;
    pipe to_client_;
};

} // namespace async_relay
