#include "win32/system/wine.hpp"

#include "win32/system/win.hpp"

namespace async_socket::win32 {

bool is_wine() noexcept
{
    return GetProcAddress(GetModuleHandleW(L"ntdll.dll"), "wine_get_version") != nullptr; // there for this question
}

} // namespace async_socket::win32
