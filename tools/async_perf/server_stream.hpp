// A connection at the server's end: is told what to do, and does it.
#pragma once

#include <array>
#include <atomic>
#include <memory>

#include "protocol.hpp"
#include "stream.hpp"
#include "transfer.hpp"
#include "whole.hpp"

namespace async_perf {

class server_stream {
public:
    explicit server_stream(SOCKET_TRANSPORT_HANDLE accepted);
    ~server_stream() { connection_.close(); }
    server_stream(const server_stream&) = delete;
    server_stream& operator=(const server_stream&) = delete;

    void start(EXECUTION_ENGINE_HANDLE engine, ASYNC_SOCKET_COMPLETION_MODE mode);

    // What it has been told; nullptr before.
    [[nodiscard]] const request* asked() const { return told_ ? &asked_ : nullptr; }
    [[nodiscard]] stream& connection() { return connection_; }

private:
    void told();
    void refuse(const std::string& reason);
    void reply();
    void go();

    request asked_;
    std::atomic<bool> told_{false}; // asked_ does not change any more
    std::array<std::byte, request_size> request_{};
    std::array<std::byte, reply_size> reply_{};
    std::array<std::byte, 1> go_{};
    std::unique_ptr<transfer> transfer_;
    stream connection_;
    whole_receive receive_;
    whole_send send_;
};

} // namespace async_perf
