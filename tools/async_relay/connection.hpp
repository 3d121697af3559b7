// A client, the target, and a pipe in each direction between them.
//
// Who keeps it: shared_ptr. One is held while the target is being connected, then one by each pipe that runs. When both
// directions have ended, the last one is dropped, usually in a callback on a thread of the engine; that closes both
// streams.
//
// How it ends: each direction ends by itself, with a half-close. If anything goes wrong in one, there is no way to tell
// the peers but to reset both (reset). That one of the streams was idle for too long, which the library tells, is one
// of these.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <shared_mutex>
#include <string>

#include "async_socket/connect.h"
#include "async_socket/stream.h"
#include "options.hpp"
#include "pipe.hpp"
#include "statistics.hpp"

namespace async_relay {

class connection : public std::enable_shared_from_this<connection> {
public:
    // Takes the stream over.
    connection(as_stream* client, statistics& counted);
    ~connection();
    connection(const connection&) = delete;
    connection& operator=(const connection&) = delete;

    // Once. Returns at once: from now on everything runs on the engine's threads. `on_failure`: told why, if the target
    // cannot be reached; the client is reset then.
    void connect(as_engine* engine, const options& chosen, std::function<void(const std::string& why)> on_failure);

    // Resets both peers, once; what is pending ends. May be called from any thread at any time. False: it was before.
    bool reset();

    // ---- for the pipes

    // Starts an operation on one of the two streams, which nobody closes meanwhile. After a reset it is refused.
    template <typename Start>
    [[nodiscard]] bool start(as_stream* const& stream, Start start_on)
    {
        const std::shared_lock lock(mutex_);
        return !is_reset_ && start_on(stream).how == AS_DONE;
    }

private:
    void connected(const as_outcome& outcome);
    // False if it has been reset meanwhile.
    [[nodiscard]] bool take_target();
    // False if there is no memory for the idle time.
    [[nodiscard]] bool prepare_streams();

    statistics& counted_;
    std::chrono::milliseconds idle_timeout_{0};
    as_operation connecting_;
    std::function<void(const std::string& why)> on_failure_;
    std::shared_ptr<connection> keep_alive_; // while the target is being connected

    // Whoever uses a stream shares it; whoever is about to close one has it alone.
    std::shared_mutex mutex_;
    bool is_reset_ = false;
    as_stream* client_;
    as_stream* target_ = nullptr;
    as_stream* arriving_ = nullptr; // what the connect writes to

    pipe to_target_;
    pipe to_client_;
};

} // namespace async_relay
