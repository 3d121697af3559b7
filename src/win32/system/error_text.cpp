#include "core/platform/error_text.hpp"

#include "win32/system/win.hpp"

namespace async_socket::backend {

namespace {

// The number of characters, without the zero behind them; 0: it has no such text, or not enough room.
DWORD ask(DWORD code, DWORD language, char* room, DWORD size) noexcept
{
    constexpr DWORD one_line =
        FORMAT_MESSAGE_FROM_SYSTEM | FORMAT_MESSAGE_IGNORE_INSERTS | FORMAT_MESSAGE_MAX_WIDTH_MASK;
    return FormatMessageA(one_line, nullptr, code, language, room, size, nullptr);
}

} // namespace

void describe_error(std::uint32_t code, char* room, std::size_t size) noexcept
{
    const auto room_size = static_cast<DWORD>(size);
    DWORD length = ask(code, MAKELANGID(LANG_ENGLISH, SUBLANG_ENGLISH_US), room, room_size);
    if (length == 0) {
        length = ask(code, 0, room, room_size); // any language is better than none
    }
    while (length > 0 && (room[length - 1] == ' ' || room[length - 1] == '.')) {
        --length;
    }
    room[length] = '\0';
}

} // namespace async_socket::backend
