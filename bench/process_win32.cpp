#include "process.hpp"

#include <stdexcept>

#include <windows.h>

// After windows.h, which it needs.
#include <psapi.h>

namespace bench {

namespace {

double seconds_of(const FILETIME& time)
{
    return static_cast<double>((std::uint64_t{time.dwHighDateTime} << 32U) | time.dwLowDateTime) * 1e-7;
}

} // namespace

double process_cpu_seconds()
{
    FILETIME started{};
    FILETIME ended{};
    FILETIME kernel{};
    FILETIME user{};
    if (GetProcessTimes(GetCurrentProcess(), &started, &ended, &kernel, &user) == 0) {
        throw std::runtime_error("the processor time is not known");
    }
    return seconds_of(kernel) + seconds_of(user);
}

// Wine 8 does not tell PrivateUsage apart from 0, but PagefileUsage: what is private, written or not.
std::uint64_t process_private_bytes()
{
    PROCESS_MEMORY_COUNTERS counters{};
    counters.cb = sizeof counters;
    if (GetProcessMemoryInfo(GetCurrentProcess(), &counters, sizeof counters) == 0 || counters.PagefileUsage == 0) {
        throw std::runtime_error("the memory of the process is not known");
    }
    return counters.PagefileUsage;
}

} // namespace bench
