#include "process.hpp"

#include <ctime>
#include <fstream>
#include <limits>
#include <stdexcept>
#include <string>

namespace bench {

// Not getrusage: it has microseconds, and this clock nanoseconds.
double process_cpu_seconds()
{
    timespec spent{};
    if (clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &spent) != 0) {
        throw std::runtime_error("the processor time is not known");
    }
    return static_cast<double>(spent.tv_sec) + static_cast<double>(spent.tv_nsec) * 1e-9;
}

std::uint64_t process_private_bytes()
{
    std::ifstream rollup("/proc/self/smaps_rollup");
    std::string name;
    while (rollup >> name) {
        if (name == "Private_Dirty:") {
            std::uint64_t kilobytes = 0;
            rollup >> kilobytes;
            return kilobytes * 1024;
        }
        rollup.ignore(std::numeric_limits<std::streamsize>::max(), '\n');
    }
    throw std::runtime_error("/proc/self/smaps_rollup does not tell the private memory");
}

} // namespace bench
