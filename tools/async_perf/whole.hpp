// Receiving so many bytes, in however many pieces they come, and sending some; then going on.
#pragma once

#include <cstddef>
#include <functional>
#include <span>

#include "stream.hpp"

namespace async_perf {

// One at a time. If it fails, the stream ends and nothing goes on.
class whole_receive {
public:
    explicit whole_receive(stream& source) noexcept : source_(source) {}

    void start(std::span<std::byte> room, std::function<void()> then);

private:
    void receive();
    void received(ASYNC_SOCKET_RECEIVE_RESULT result, std::uint32_t count);

    stream& source_;
    std::span<std::byte> left_;
    std::function<void()> then_;
};

class whole_send {
public:
    explicit whole_send(stream& sink) noexcept : sink_(sink) {}

    // The bytes stay until then.
    void start(std::span<const std::byte> bytes, std::function<void()> then);

private:
    void sent(ASYNC_SOCKET_SEND_RESULT result);

    stream& sink_;
    std::function<void()> then_;
};

} // namespace async_perf
