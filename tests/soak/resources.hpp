// What this process holds of the system's.
#pragma once

#include <cstddef>

namespace soak {

struct resources {
    std::size_t handles; // or descriptors
    std::size_t threads;
    std::size_t memory; // bytes that are this process's own
};

[[nodiscard]] resources measure_resources();

} // namespace soak
