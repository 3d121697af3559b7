// Time that only goes forward. Implemented by the platform.
#pragma once

#include <cstdint>

namespace async_socket::backend {

[[nodiscard]] std::uint64_t now_ns() noexcept;

} // namespace async_socket::backend
