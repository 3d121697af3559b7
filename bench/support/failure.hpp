// The end of a benchmark that cannot go on.
#pragma once

namespace bench {

// Prints what failed and the system's error, and ends the program with 1: for threads and callbacks, from which
// an exception cannot get to run()'s caller.
[[noreturn]] void fail(const char* what) noexcept;

inline void require(bool holds, const char* what) noexcept
{
    if (!holds) {
        fail(what);
    }
}

} // namespace bench
