// The thread's last error (GetLastError, errno): part of the interface between the connection and
// the async socket, so logging and clean-up must not disturb it. Implemented by the platform.
#pragma once

#include <cstdint>

namespace async_socket::backend {

[[nodiscard]] std::uint32_t last_error() noexcept;
void set_last_error(std::uint32_t code) noexcept;

// Puts the last error back at the end of its scope.
class last_error_guard {
public:
    last_error_guard() noexcept : code_(last_error()) {}
    ~last_error_guard() { set_last_error(code_); }
    last_error_guard(const last_error_guard&) = delete;
    last_error_guard& operator=(const last_error_guard&) = delete;

private:
    std::uint32_t code_;
};

} // namespace async_socket::backend
