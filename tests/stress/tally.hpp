// Counts operations and their callbacks where there are too many to keep.
#pragma once

#include <atomic>
#include <cstdint>

#include "c_pal/async_socket.h"

namespace stress {

class tally {
public:
    // A start and its result, which is passed on: true if accepted.
    bool started(ASYNC_SOCKET_SEND_SYNC_RESULT result) { return count(result == ASYNC_SOCKET_SEND_SYNC_OK); }
    bool started(int result) { return count(result == 0); }
    void ended() { ++ended_; }

    [[nodiscard]] bool is_exact() const { return accepted_ == ended_; }

private:
    bool count(bool accepted)
    {
        accepted_ += accepted ? 1U : 0U;
        return accepted;
    }

    // A callback may be counted before the start that it belongs to.
    std::atomic<std::uint64_t> accepted_{0};
    std::atomic<std::uint64_t> ended_{0};
};

} // namespace stress
