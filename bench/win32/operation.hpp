// One send or receive that the system is told to do.
#pragma once

#include <atomic>
#include <cstdint>

#include "win32/win.hpp"

namespace bench::win32 {

enum class direction : std::uint8_t { receive, send };

struct operation {
    OVERLAPPED overlapped{}; // first: what the system hands back is converted as it is
    direction way = direction::receive;
    DWORD length = 0;
    bool is_allocated = false; // for this one use
    std::atomic<bool> is_used{false};
};

} // namespace bench::win32
