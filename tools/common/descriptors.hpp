// How many sockets a process may have.
#pragma once

#include <cstddef>

namespace tools {

// From now on as many as the system allows without being asked by its administrator. How many descriptors that are;
// SIZE_MAX where nobody counts them.
std::size_t raise_descriptor_limit();

} // namespace tools
