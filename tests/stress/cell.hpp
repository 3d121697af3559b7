// One cell of the matrix: what our end does against one kind of peer, and what must hold then.
#pragma once

#include "hostile_peer.hpp"
#include "support/async_end.hpp"

namespace stress {

enum class ending {
    close_at_rest,     // when everything has ended that ends by itself
    close_elsewhere,   // at once, on another thread
    close_in_callback, // in each callback that comes
    destroy,           // at once, instead of a close
    close_and_reopen,  // at once, and the same socket again with a fresh connection
};

struct action {
    const char* name;
    bool sends_small;
    bool sends_large;
    bool receives;
    ending how;
};

// Those that this generation has.
[[nodiscard]] std::span<const action> actions();

// What is wrong; empty if nothing is.
[[nodiscard]] std::string run_cell(EXECUTION_ENGINE_HANDLE engine, const hostile_peer& who, const action& what);

} // namespace stress
