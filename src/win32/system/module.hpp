// The module, program or DLL, that the library is a part of.
#pragma once

#include "win32/system/win.hpp"

namespace async_socket::win32 {

[[nodiscard]] HMODULE this_module() noexcept;

// One hold more: the module stays until FreeLibrary has been called once more. False, with the last error set, if that
// cannot be had.
[[nodiscard]] bool hold_this_module() noexcept;

// It is a DLL that is being unloaded, while the process goes on. To be asked by destructors of static objects.
[[nodiscard]] bool module_is_unloading() noexcept;

} // namespace async_socket::win32
