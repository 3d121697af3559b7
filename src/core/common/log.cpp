#include "core/common/log.hpp"

#include <atomic>
#include <cstdarg>
#include <cstddef>
#include <cstdio>
#include <cstring>

#include "core/common/user_call.h"
#include "core/platform/error_text.hpp"
#include "core/platform/last_error.hpp"

namespace async_socket::core {

namespace {

constexpr std::size_t longest_message = 256;
constexpr std::size_t longest_error = 256;

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

// Behind a message, which may have been cut. ": error 111 (Connection refused)"
void write_error(std::uint32_t code, char* room, std::size_t size) noexcept
{
    const backend::last_error_guard keep; // the user's callback sees it, too
    char words[longest_error - sizeof ": error 4294967295 ()"];
    backend::describe_error(code, words, sizeof words);
    const bool has_words = *words != '\0';
    (void)std::snprintf(room, size, ": error %u%s%s%s", static_cast<unsigned>(code), has_words ? " (" : "", words,
                        has_words ? ")" : "");
}

void deliver(ASYNC_SOCKET_LOG_LEVEL level, const char* message)
{
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

} // namespace

bool log_enabled(ASYNC_SOCKET_LOG_LEVEL level) noexcept
{
    return static_cast<int>(level) <= highest_level.load(std::memory_order_relaxed);
}

void log_message(ASYNC_SOCKET_LOG_LEVEL level, const char* format, ...) noexcept
{
    const backend::last_error_guard keep;
    char message[longest_message];
    va_list arguments;
    va_start(arguments, format);
    (void)std::vsnprintf(message, sizeof message, format, arguments);
    va_end(arguments);
    deliver(level, message);
}

void log_failure(ASYNC_SOCKET_LOG_LEVEL level, std::uint32_t code, const char* format, ...) noexcept
{
    const backend::last_error_guard keep;
    char message[longest_message + longest_error];
    va_list arguments;
    va_start(arguments, format);
    (void)std::vsnprintf(message, longest_message, format, arguments);
    va_end(arguments);
    write_error(code, message + std::strlen(message), longest_error);
    deliver(level, message);
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
