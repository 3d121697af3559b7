#include "core/platform/error_text.hpp"

#include <netdb.h>

#include <cstdio>
#include <cstring>

namespace async_socket::backend {

namespace {

#if defined(__GLIBC__) && __GLIBC_PREREQ(2, 32)

// The C library's own table, whatever the program's language is.
const char* words_for(int code, char* /*room*/, std::size_t /*size*/) noexcept
{
    return ::strerrordesc_np(code);
}

#else

// Two functions have the name of strerror_r: one tells where the words are, one whether it has written them.
[[maybe_unused]] const char* written(const char* words, const char* /*room*/) noexcept
{
    return words;
}

[[maybe_unused]] const char* written(int error, const char* room) noexcept
{
    return error == 0 ? room : nullptr;
}

const char* words_for(int code, char* room, std::size_t size) noexcept
{
    return written(::strerror_r(code, room, size), room);
}

#endif

// What getaddrinfo has said (EAI_), which is no errno and negative.
bool is_of_lookup(int code) noexcept
{
    return code <= EAI_NONAME && code >= EAI_OVERFLOW;
}

} // namespace

void describe_error(std::uint32_t code, char* room, std::size_t size) noexcept
{
    char space[128];
    const int number = static_cast<int>(code);
    const char* const words = is_of_lookup(number) ? ::gai_strerror(number) : words_for(number, space, sizeof space);
    (void)std::snprintf(room, size, "%s", words != nullptr ? words : "");
}

} // namespace async_socket::backend
