// Long streams side by side, an async socket at each end.
#pragma once

#include <cstdint>
#include <string>

#include "c_pal/execution_engine.h"

namespace stress {

struct streams_size {
    std::size_t streams;
    std::uint64_t bytes_each;
};

// Every byte is compared, and each accepted operation has to have exactly one callback. What is wrong;
// empty if nothing is.
[[nodiscard]] std::string run_streams(EXECUTION_ENGINE_HANDLE engine, const streams_size& size);

} // namespace stress
