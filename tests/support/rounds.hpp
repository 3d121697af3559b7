// How often a test goes for a race that may show in any round: as often as said where each case has a process of its
// own (./dev prove), and in a run of everything a quarter of that.
#pragma once

#include <cstdlib>

inline int rounds_of(int all) noexcept
{
    static const bool is_alone = std::getenv("ASYNC_SOCKET_ALONE") != nullptr;
    return is_alone ? all : (all + 3) / 4;
}
