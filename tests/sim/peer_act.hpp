// What a peer does by chance, and what a random program notes of that.
#pragma once

#include "model/connection.hpp"
#include "received_bytes.hpp"
#include "shared_dice.hpp"

namespace sim {

// `Place` has the peer, and has_peer_ended and is_lost, by which its ledger knows the reasons of outcomes.
template <typename Place>
void let_peer_act(Place& on, shared_dice& dice)
{
    switch (dice.below(8)) {
    case 0:
        on.has_peer_ended = true;
        peer_end(*on.peer);
        break;
    case 1:
        on.is_lost = true;
        peer_reset(*on.peer);
        break;
    case 2:
        peer_stall(*on.peer, true);
        break;
    case 3:
        peer_stall(*on.peer, false);
        break;
    default:
        peer_write(*on.peer, received_bytes::word_size * (1 + dice.below(60)));
    }
}

} // namespace sim
