// One connection of a test: its socket, what it has counted, and how it ended.
//
// Who frees it: the program's main thread, which waits until it has ended. Callbacks only say that it
// has. Closing waits for the callbacks that still run, so these never meet a stream that is gone.
#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <mutex>
#include <span>
#include <string>

#include "common/endpoint.hpp"
#include "common/peer.hpp"

namespace async_perf {

using std::chrono::steady_clock;

class stream {
public:
    // on_end: called once, on any thread. It must not close the stream.
    stream(SOCKET_TRANSPORT_HANDLE connected, std::function<void()> on_end);

    // What cannot be started ends the stream, like what fails later; so the callers need not ask.
    void open(EXECUTION_ENGINE_HANDLE engine, ASYNC_SOCKET_COMPLETION_MODE mode);
    void send(std::span<const std::byte> bytes, ON_ASYNC_SOCKET_SEND_COMPLETE on_complete, void* context);
    void receive(std::span<std::byte> room, ON_ASYNC_SOCKET_RECEIVE_COMPLETE on_complete, void* context);
    // Only while no send is under way.
    void end_sending();

    // The measured time begins, and the counts.
    void begin() { begun_ = steady_clock::now(); }
    [[nodiscard]] steady_clock::time_point begun() const { return begun_; }
    void count(std::uint64_t bytes);

    // The first of these counts.
    void succeed() { end({}); }
    void fail(const std::string& reason) { end(reason); }
    void fail_early() { fail("the peer ended the connection early"); }

    // By the main thread. No callback runs afterwards.
    void close() { peer_.close(); }

    [[nodiscard]] std::uint64_t bytes() const { return bytes_; }
    [[nodiscard]] std::uint64_t operations() const { return operations_; }
    [[nodiscard]] bool ended() const { return ended_; }
    // Once it has ended. Empty for a success.
    [[nodiscard]] std::string error() const;
    [[nodiscard]] double seconds() const;

    // Has nothing happened for so long? Asked again and again by the main thread.
    bool stalled(std::chrono::milliseconds limit);

    [[nodiscard]] const tools::endpoint& peer_address() const { return peer_address_; }

private:
    void end(const std::string& error);

    std::function<void()> on_end_;
    tools::endpoint peer_address_;
    std::atomic<std::uint64_t> bytes_{0};
    std::atomic<std::uint64_t> operations_{0};
    steady_clock::time_point begun_;
    std::uint64_t operations_seen_ = 0;
    steady_clock::time_point last_change_ = steady_clock::now();
    mutable std::mutex mutex_; // guards how it ended
    std::string error_;
    steady_clock::time_point end_;
    std::atomic<bool> ended_{false};
    tools::peer peer_;
};

} // namespace async_perf
