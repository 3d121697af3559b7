// A callback of an async socket that a thread of the workload is inside.
#pragma once

#include "ledger.hpp"

namespace sim {

struct frame {
    endpoint* owner;
    frame* outer;
    bool detached = false; // a closer or destroyer of the owner need not wait for it any more
    bool lost = false;     // the handle may be gone
    active_call hold{};    // once detached, what keeps the owner from being destroyed

    // Nobody waits for this callback from now on.
    void detach()
    {
        if (!detached) {
            detached = true;
            --owner->callbacks;
        }
    }
};

} // namespace sim
