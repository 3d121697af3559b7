// One direction of a relayed connection: what one peer sends goes to the other, through one buffer.
//
// The next receive starts when the sends before it have ended. So a receiver that is slow slows its sender down, by
// TCP's own means, and memory stays bounded.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>

#include "async_socket/stream.h"

namespace async_relay {

class connection;

class pipe {
public:
    // `source`, `sink`: where the owner has its streams. `bytes_moved`: counts what the sink's system has taken.
    pipe(connection& owner, as_stream* const& source, as_stream* const& sink,
         std::atomic<std::uint64_t>& bytes_moved) noexcept;

    // Runs until the source's stream ends or the connection is reset.
    void start();

private:
    // What comes next when the operation has ended.
    using step = void (pipe::*)(const as_outcome&);
    void then(step next) noexcept { next_ = next; }
    static void on_end(as_operation* operation, as_outcome outcome);

    void receive();
    void received(const as_outcome& outcome);
    void send();
    void sent(const as_outcome& outcome);
    void pass_end();
    void passed_end(const as_outcome& outcome);
    void fail();
    void stop();

    connection& owner_;
    as_stream* const& source_;
    as_stream* const& sink_;
    std::atomic<std::uint64_t>& bytes_moved_;
    // From start to stop; with it the pipe and its buffer stay.
    std::shared_ptr<connection> keep_alive_;
    as_operation operation_; // one at a time
    step next_ = nullptr;
    as_buffer piece_{}; // where the next bytes go, or those that wait for the sink
    std::array<std::byte, std::size_t{64} * 1024> room_;
};

} // namespace async_relay
