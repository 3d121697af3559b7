#include "process.hpp"

#include <fstream>
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

// Wine's server does a part of the system's work in a process of its own; it also opens the files that programs
// ask for, so "self" is the server. The first number is nanoseconds of its only thread. On Windows: no such file.
double wine_server_seconds()
{
    std::ifstream scheduled(R"(\\?\unix\proc\self\schedstat)");
    double nanoseconds = 0;
    return scheduled >> nanoseconds ? nanoseconds * 1e-9 : 0;
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
    return seconds_of(kernel) + seconds_of(user) + wine_server_seconds();
}

// Under Wine 8 PrivateUsage is 0, and PagefileUsage is what is private and has been written to.
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
