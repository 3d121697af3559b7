// One end of a connection for loops that tell of readiness: reads until a read is short, writes at once.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "support/trial.hpp"

namespace bench {

class non_blocking_end {
public:
    // What the loop has to do. `again`: call on_turn() when the others have had theirs.
    enum class wish : std::uint8_t { nothing, again, close };

    non_blocking_end(trial& trial, std::size_t index, bool is_client) noexcept;

    // A connected socket, which becomes non-blocking. The end does not close it.
    void open(int socket) noexcept;
    void closed() noexcept { socket_ = -1; }
    // -1: closed.
    [[nodiscard]] int socket() const noexcept { return socket_; }

    // For a client, once after both ends are open.
    [[nodiscard]] wish start() noexcept;
    // `is_last_event`: it may have told of the connection's end, too.
    [[nodiscard]] wish on_readable(bool is_last_event) noexcept;
    [[nodiscard]] wish on_writable() noexcept;
    [[nodiscard]] wish on_turn() noexcept;

    [[nodiscard]] std::size_t session_index() const noexcept { return index_; }

private:
    [[nodiscard]] wish follow(next what, std::size_t received) noexcept;
    [[nodiscard]] wish write() noexcept;

    trial& trial_;
    const std::size_t index_;
    const std::span<char> buffer_;
    const bool is_client_;
    int socket_ = -1;
    std::span<const char> out_; // what one send has to carry
    std::size_t written_ = 0;   // of the first of them
    unsigned to_send_ = 0;
    bool waits_for_turn_ = false;
};

} // namespace bench
