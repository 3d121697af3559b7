// Messages to the user (async_socket/log.h). A message that is off costs one load and one branch;
// the thread's last error survives one that is on.
#pragma once

#include <cstdint>

#include "async_socket/log.h"

#if defined(__GNUC__)
#define ASYNC_SOCKET_PRINTF_LIKE(text, first) __attribute__((format(printf, text, first)))
#else
#define ASYNC_SOCKET_PRINTF_LIKE(text, first)
#endif

namespace async_socket::core {

[[nodiscard]] bool log_enabled(ASYNC_SOCKET_LOG_LEVEL level) noexcept;

// Formats and delivers, whatever the level set. Use LOG_AT.
void log_message(ASYNC_SOCKET_LOG_LEVEL level, const char* format, ...) noexcept ASYNC_SOCKET_PRINTF_LIKE(2, 3);

// The same with an error of the system behind it: "<message>: error 111 (Connection refused)". Use LOG_CODE_AT.
void log_failure(ASYNC_SOCKET_LOG_LEVEL level, std::uint32_t code, const char* format, ...) noexcept
    ASYNC_SOCKET_PRINTF_LIKE(3, 4);

} // namespace async_socket::core

// A macro, so that the arguments are not even evaluated when the level is off.
#define LOG_AT(level, ...)                                         \
    do {                                                           \
        if (::async_socket::core::log_enabled(level)) {            \
            ::async_socket::core::log_message(level, __VA_ARGS__); \
        }                                                          \
    } while (false)
#define LOG_ERROR(...) LOG_AT(ASYNC_SOCKET_LOG_ERROR, __VA_ARGS__)
#define LOG_WARNING(...) LOG_AT(ASYNC_SOCKET_LOG_WARNING, __VA_ARGS__)
#define LOG_INFO(...) LOG_AT(ASYNC_SOCKET_LOG_INFO, __VA_ARGS__)

// LOG_ERROR_CODE(errno, "cannot listen on port %u", port)
#define LOG_CODE_AT(level, code, ...)                                                                \
    do {                                                                                             \
        if (::async_socket::core::log_enabled(level)) {                                              \
            ::async_socket::core::log_failure(level, static_cast<std::uint32_t>(code), __VA_ARGS__); \
        }                                                                                            \
    } while (false)
#define LOG_ERROR_CODE(code, ...) LOG_CODE_AT(ASYNC_SOCKET_LOG_ERROR, code, __VA_ARGS__)
#define LOG_WARNING_CODE(code, ...) LOG_CODE_AT(ASYNC_SOCKET_LOG_WARNING, code, __VA_ARGS__)
