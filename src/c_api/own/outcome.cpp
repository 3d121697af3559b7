#include "async_socket/outcome.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <iterator>

#include "core/platform/error_text.hpp"
#include "core/platform/last_error.hpp"

using namespace async_socket;

namespace {

constexpr const char* texts_of_how[] = {"done",          "end of stream", "reset",       "closed here",  "cancelled",
                                        "timed out",     "refused",       "unreachable", "no such name", "no room",
                                        "not available", "invalid",       "failed"};
static_assert(std::size(texts_of_how) == AS_FAILED + 1);

constexpr std::size_t most_of_a_text = 512; // no system's is as long

} // namespace

extern "C" const char* as_how_text(std::uint32_t how)
{
    return texts_of_how[std::min<std::uint32_t>(how, AS_FAILED)];
}

extern "C" std::size_t as_code_text(std::uint32_t code, char* text, std::size_t size)
{
    if (text == nullptr || size == 0) {
        return 0;
    }
    char whole[most_of_a_text] = "";
    if (code != 0) {
        const backend::last_error_guard guard;
        backend::describe_error(code, whole, sizeof whole);
    }
    const std::size_t length = std::min(std::strlen(whole), size - 1);
    std::memcpy(text, whole, length);
    text[length] = '\0';
    return length;
}
