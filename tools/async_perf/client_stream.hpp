// A connection at the client's end: says what the test is, and runs it when it is told to go.
#pragma once

#include <array>
#include <atomic>
#include <functional>
#include <memory>

#include "protocol.hpp"
#include "stream.hpp"
#include "transfer.hpp"
#include "whole.hpp"

namespace async_perf {

class client_stream {
public:
    // on_change: called on any thread when the stream is ready or has ended.
    client_stream(SOCKET_TRANSPORT_HANDLE connected, const request& asked, std::function<void()> on_change);
    ~client_stream() { connection_.close(); }
    client_stream(const client_stream&) = delete;
    client_stream& operator=(const client_stream&) = delete;

    void start(EXECUTION_ENGINE_HANDLE engine, ASYNC_SOCKET_COMPLETION_MODE mode);
    // The server has accepted; or the stream has ended.
    [[nodiscard]] bool ready() const { return accepted_ || connection_.ended(); }
    void go();

    [[nodiscard]] stream& connection() { return connection_; }
    [[nodiscard]] const stream& connection() const { return connection_; }
    [[nodiscard]] const histogram* latencies() const { return transfer_->latencies(); }

private:
    void replied();

    std::function<void()> on_change_;
    std::array<std::byte, request_size> request_;
    std::array<std::byte, reply_size> reply_{};
    std::array<std::byte, 1> go_{async_perf::go};
    std::atomic<bool> accepted_{false};
    std::unique_ptr<transfer> transfer_;
    stream connection_;
    whole_receive receive_;
    whole_send send_;
};

} // namespace async_perf
