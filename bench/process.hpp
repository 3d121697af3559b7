// What the system says about this process.
#pragma once

#include <cstdint>

namespace bench {

// Processor time of all threads since the start, user and system; under Wine, together with that of Wine's server.
[[nodiscard]] double process_cpu_seconds();

// Bytes that belong to this process alone and have been written.
[[nodiscard]] std::uint64_t process_private_bytes();

} // namespace bench
