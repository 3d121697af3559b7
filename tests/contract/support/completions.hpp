// Records of callbacks: each counts how often it was called, keeps what it was told, and lets a test
// wait for it.
#pragma once

#include <cstdint>
#include <functional>
#include <thread>
#include <vector>

#include "async_end.hpp"
#include "signal.hpp"

namespace contract {

class send_record {
public:
    // Starts a send of one piece, or of several.
    ASYNC_SOCKET_SEND_SYNC_RESULT start(ASYNC_SOCKET_HANDLE socket, const void* data, std::size_t size);
    ASYNC_SOCKET_SEND_SYNC_RESULT start(ASYNC_SOCKET_HANDLE socket, const std::vector<ASYNC_SOCKET_BUFFER>& pieces);

    // False if `count` callbacks did not come in time.
    [[nodiscard]] bool wait(std::size_t count = 1);
    [[nodiscard]] std::vector<ASYNC_SOCKET_SEND_RESULT> results();
    [[nodiscard]] std::size_t count() { return results().size(); }

    // Runs in the callback, after it was recorded.
    std::function<void()> then;

    static void on_complete(void* context, ASYNC_SOCKET_SEND_RESULT result);

private:
    signal signal_;
    std::vector<ASYNC_SOCKET_SEND_RESULT> results_;
};

struct receive_event {
    ASYNC_SOCKET_RECEIVE_RESULT result;
    std::uint32_t bytes;
};

class receive_record {
public:
    explicit receive_record(std::size_t capacity = 65536) : memory(capacity) {}

    // Starts a receive into `memory`; 0 if accepted.
    int start(ASYNC_SOCKET_HANDLE socket);
    int start(ASYNC_SOCKET_HANDLE socket, std::vector<ASYNC_SOCKET_BUFFER> pieces);

    [[nodiscard]] bool wait(std::size_t count = 1);
    [[nodiscard]] std::vector<receive_event> events();
    [[nodiscard]] std::size_t count() { return events().size(); }

    // Runs in the callback, after it was recorded.
    std::function<void(const receive_event&)> then;

    bytes memory;

    static void on_complete(void* context, ASYNC_SOCKET_RECEIVE_RESULT result, std::uint32_t bytes_received);

private:
    signal signal_;
    std::vector<receive_event> events_;
};

// Receives from an async socket until `size` bytes came or the stream ended; what came.
[[nodiscard]] bytes receive_async(ASYNC_SOCKET_HANDLE socket, std::size_t size, std::size_t step = 65536);

// True if a message gets through each way, as it was sent and with one callback.
[[nodiscard]] bool carries_traffic(ASYNC_SOCKET_HANDLE socket, peer& far_end);

} // namespace contract
