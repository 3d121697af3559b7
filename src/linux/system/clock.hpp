// The system's clocks.
#pragma once

#include <cstdint>
#include <ctime>

namespace async_socket::linux_os {

// 0 for the clock of a thread that has ended.
[[nodiscard]] std::uint64_t read_ns(clockid_t clock) noexcept;

} // namespace async_socket::linux_os
