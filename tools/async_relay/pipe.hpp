// One direction of a relayed connection: what one peer sends goes to the other, through one buffer.
//
// The next receive starts when the send before it has ended. So a receiver that is slow slows its
// sender down, by TCP's own means, and memory stays bounded.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>

#include "common/peer.hpp"

namespace async_relay {

class connection;

class pipe {
public:
    // bytes_moved: counts what the sink's side has taken.
    pipe(connection& owner, tools::peer& source, tools::peer& sink, std::atomic<std::uint64_t>& bytes_moved) noexcept
        : owner_(owner), source_(source), sink_(sink), bytes_moved_(bytes_moved)
    {
    }

    // Runs until the source's stream ends or the connection is reset.
    void start();

private:
    void receive();
    void received(ASYNC_SOCKET_RECEIVE_RESULT result, std::uint32_t count);
    void send(std::uint32_t count);
    void sent(ASYNC_SOCKET_SEND_RESULT result);
    void fail();
    void stop();

    connection& owner_;
    tools::peer& source_;
    tools::peer& sink_;
    std::atomic<std::uint64_t>& bytes_moved_;
    std::uint32_t count_ = 0;    // bytes of the pending send
    std::uint64_t received_ = 0; // bytes from the source
    // There is always one operation pending, or its callback running, from start to stop; this keeps
    // the connection, and with it the pipe and its buffer, alive meanwhile.
    std::shared_ptr<connection> keep_alive_;
    std::array<std::byte, std::size_t{64} * 1024> buffer_;
};

} // namespace async_relay
