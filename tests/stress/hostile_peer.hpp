// The other end of a connection under test, at its worst.
#pragma once

#include <span>

#include "fates.hpp"
#include "support/peer.hpp"

namespace stress {

// What the peer does and sees in one cell.
struct conversation {
    contract::peer far_end;
    contract::bytes greeting; // to be sent; empty if nobody receives
    std::size_t to_read = 0;  // what our end was allowed to send
    contract::bytes seen;     // what came
    std::size_t greeted = 0;  // bytes of the greeting that were sent
};

// More than the system takes from a sender whose peer does not read, in one send.
[[nodiscard]] const contract::bytes& large_message();
[[nodiscard]] const contract::bytes& small_message();

struct hostile_peer {
    const char* name;
    // Before our end starts an operation.
    void (*before)(contract::peer& far_end);
    // While our end's operations are pending, on a thread of its own.
    void (*meanwhile)(conversation& talk);
    // What our operations may come to if our end does not close.
    fates small_send;
    fates large_send;
    fates receive;
    // One more receive is pending already in `before`, which ends it.
    bool receive_first = false;
    bool small_buffers = false;
    // After our end has closed: all that is still coming.
    bool reads_to_end = false;
};

[[nodiscard]] std::span<const hostile_peer> hostile_peers();

} // namespace stress
