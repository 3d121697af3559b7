// The number of handles (descriptors) that this process has open, exactly.
#pragma once

#include <cstddef>

namespace async_socket::test {

[[nodiscard]] std::size_t open_handles();

} // namespace async_socket::test
