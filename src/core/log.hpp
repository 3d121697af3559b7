// Messages to the user (async_socket/log.h). A message that is off costs one load and one branch;
// the thread's last error survives one that is on.
#pragma once

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
