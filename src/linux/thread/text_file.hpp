// The system's own little files, which say how things are.
#pragma once

#include <cstddef>

namespace async_socket::linux_os {

// The beginning of the file, as much as there is room for, zero-terminated. False if it is empty or cannot be read.
[[nodiscard]] bool read_file(const char* path, char* text, std::size_t size) noexcept;

} // namespace async_socket::linux_os
