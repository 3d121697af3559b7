// This process as the system sees it.
#pragma once

#include <cstddef>

namespace soak {

struct resources {
    std::size_t handles; // or descriptors
    std::size_t threads;
    std::size_t blocks; // of allocated memory, as far as the platform can tell
    std::size_t memory; // bytes in RAM
};

[[nodiscard]] resources measure_resources();

// The blocks of memory that the system itself loses with each socket that is opened, measured without
// the library.
[[nodiscard]] std::size_t blocks_lost_by_the_system_per_open();

// Ends the process at once, without any tear-down, after what was printed is out.
[[noreturn]] void end_process(int status);

} // namespace soak
