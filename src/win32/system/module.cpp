#include "win32/system/module.hpp"

#include <atomic>
#include <cstdint>

#include "core/platform/backend.hpp"

namespace async_socket::win32 {

namespace {

constexpr char here = 0; // its address is in the module

} // namespace

HMODULE this_module() noexcept
{
    constexpr DWORD how = GET_MODULE_HANDLE_EX_FLAG_FROM_ADDRESS | GET_MODULE_HANDLE_EX_FLAG_UNCHANGED_REFCOUNT;
    HMODULE module = nullptr;
    (void)GetModuleHandleExW(how, reinterpret_cast<LPCWSTR>(&here), &module);
    return module;
}

bool hold_this_module() noexcept
{
    HMODULE module = nullptr;
    return GetModuleHandleExW(GET_MODULE_HANDLE_EX_FLAG_FROM_ADDRESS, reinterpret_cast<LPCWSTR>(&here), &module) !=
           FALSE;
}

bool module_is_unloading() noexcept
{
    return !backend::process_is_ending() && this_module() != GetModuleHandleW(nullptr);
}

} // namespace async_socket::win32

namespace async_socket::backend {

bool process_is_ending() noexcept
{
    // Looked up once, before it matters: the loader's lock may be somebody else's then.
    static std::atomic<FARPROC> known{nullptr};
    FARPROC is_shutting_down = known.load(std::memory_order_relaxed);
    if (is_shutting_down == nullptr) {
        is_shutting_down = GetProcAddress(GetModuleHandleW(L"ntdll.dll"), "RtlDllShutdownInProgress");
        known.store(is_shutting_down, std::memory_order_relaxed);
    }
    constexpr std::intptr_t answer = 0xFF; // it returns a byte
    return is_shutting_down != nullptr && (is_shutting_down() & answer) != 0;
}

} // namespace async_socket::backend
