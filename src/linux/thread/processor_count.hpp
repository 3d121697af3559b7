// How many processors this process may use at a time: what it may run on, and what its control groups give it
// of them. LINUX_15_007
#pragma once

#include <cstddef>

namespace async_socket::linux_os {

// At least 1. Reads files; for the creation of an engine.
[[nodiscard]] unsigned processor_count() noexcept;

// ---- its parts, with the system as an argument -----------------------------------------------------

// As sched_getaffinity for this thread: the size of what was filled in, or -1 with EINVAL in errno for a mask that
// is too small for the system's processors.
using affinity_function = int (*)(std::size_t size, void* mask);
// 0 if the system does not say.
[[nodiscard]] unsigned processors_to_run_on(affinity_function get) noexcept;

// Fills `text`, of `size` bytes, with the beginning of a file as a zero-terminated string; false if there is none.
using read_function = bool (*)(const char* path, char* text, std::size_t size);
// The quota of the process's control group (of either version), of the groups around it if one of those is less;
// rounded up. 0: there is none.
[[nodiscard]] unsigned processors_of_quota(read_function read) noexcept;

} // namespace async_socket::linux_os
