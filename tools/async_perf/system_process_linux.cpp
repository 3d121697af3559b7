#include <sys/resource.h>
#include <unistd.h>

#include "system_process.hpp"

namespace async_perf::system_process {

namespace {

double seconds(const timeval& time)
{
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
}

} // namespace

double cpu_seconds()
{
    rusage used{};
    return getrusage(RUSAGE_SELF, &used) == 0 ? seconds(used.ru_utime) + seconds(used.ru_stime) : 0;
}

bool stderr_is_terminal()
{
    return isatty(STDERR_FILENO) == 1;
}

} // namespace async_perf::system_process
