#include <windows.h>

#include <cstdint>

#include "system_process.hpp"

namespace async_perf::system_process {

namespace {

// A FILETIME counts tenths of a microsecond.
double seconds(const FILETIME& time)
{
    const std::uint64_t ticks = std::uint64_t{time.dwHighDateTime} << 32U | time.dwLowDateTime;
    return static_cast<double>(ticks) / 1e7;
}

} // namespace

double cpu_seconds()
{
    FILETIME created;
    FILETIME ended;
    FILETIME in_system;
    FILETIME in_program;
    const BOOL known = GetProcessTimes(GetCurrentProcess(), &created, &ended, &in_system, &in_program);
    return known != FALSE ? seconds(in_system) + seconds(in_program) : 0;
}

bool stderr_is_terminal()
{
    DWORD mode = 0;
    return GetConsoleMode(GetStdHandle(STD_ERROR_HANDLE), &mode) != FALSE;
}

} // namespace async_perf::system_process
