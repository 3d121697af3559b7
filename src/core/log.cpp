#include "core/log.hpp"

#include <atomic>
#include <cstdarg>
#include <cstdio>

#include "core/last_error.hpp"
#include "core/user_call.h"

namespace async_socket::core {

namespace {

std::atomic<ON_ASYNC_SOCKET_LOG> user_callback{nullptr};
std::atomic<int> highest_level{ASYNC_SOCKET_LOG_WARNING};

const char* name_of(ASYNC_SOCKET_LOG_LEVEL level) noexcept
{
    switch (level) {
    case ASYNC_SOCKET_LOG_ERROR:
        return "error";
    case ASYNC_SOCKET_LOG_WARNING:
        return "warning";
    default:
        return "info";
    }
}

void print_to_stderr(ASYNC_SOCKET_LOG_LEVEL level, const char* message)
{
    (void)std::fprintf(stderr, "async_socket %s: %s\n", name_of(level), message);
}

} // namespace

bool log_enabled(ASYNC_SOCKET_LOG_LEVEL level) noexcept
{
    return static_cast<int>(level) <= highest_level.load(std::memory_order_relaxed);
}

void log_message(ASYNC_SOCKET_LOG_LEVEL level, const char* format, ...) noexcept
{
    const backend::last_error_guard keep;
    char message[256];
    va_list arguments;
    va_start(arguments, format);
    (void)std::vsnprintf(message, sizeof message, format, arguments);
    va_end(arguments);
    const ON_ASYNC_SOCKET_LOG callback = user_callback.load(std::memory_order_acquire);
    struct line {
        ON_ASYNC_SOCKET_LOG print;
        ASYNC_SOCKET_LOG_LEVEL level;
        const char* message;
    } told{callback != nullptr ? callback : print_to_stderr, level, message};
    async_socket_user_call(
        [](void* about) {
            const line& one = *static_cast<line*>(about);
            one.print(one.level, one.message);
        },
        &told);
}

} // namespace async_socket::core

extern "C" void async_socket_set_log_callback(ON_ASYNC_SOCKET_LOG on_log)
{
    async_socket::core::user_callback.store(on_log, std::memory_order_release);
}

extern "C" void async_socket_set_log_level(ASYNC_SOCKET_LOG_LEVEL level)
{
    async_socket::core::highest_level.store(level, std::memory_order_relaxed);
}
