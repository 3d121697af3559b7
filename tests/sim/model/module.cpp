#include "model/module.hpp"

#include <algorithm>
#include <csetjmp>
#include <string_view>
#include <utility>

#include "iphlpapi.h"
#include "model/breach.hpp"
#include "model/machine.hpp"
#include "model/pool.hpp"
#include "model/thread.hpp"

// The library's, if it has one.
extern "C" BOOL WINAPI DllMain(HINSTANCE module, DWORD reason, LPVOID reserved) __attribute__((weak));

namespace sim {

namespace {

char system_module = 0;
char library_module = 0;
char program_module = 0;
char adapters_module = 0;

const auto system_handle = reinterpret_cast<HMODULE>(&system_module);
const auto library_handle = reinterpret_cast<HMODULE>(&library_module);
const auto adapters_handle = reinterpret_cast<HMODULE>(&adapters_module);

std::intptr_t wine_get_version()
{
    breach("wine_get_version: nobody needs to call it");
}

std::intptr_t dll_shutdown_in_progress()
{
    return the_machine().process_exits ? TRUE : FALSE;
}

void tell_of_the_end(LPVOID process_exits)
{
    if (DllMain != nullptr) {
        (void)DllMain(library_handle, DLL_PROCESS_DETACH, process_exits);
    }
}

// A thread that is in the module's code, or will be.
void check_that_nothing_is_inside() noexcept
{
    const auto is_used = [](const auto& object) { return object->running != 0 || object->outstanding() != 0; };
    const machine& all = the_machine();
    if (all.own_threads != 0) {
        breach("the module is unloaded while a thread of its own is in it");
    }
    if (std::any_of(all.ios.begin(), all.ios.end(), is_used) ||
        std::any_of(all.works.begin(), all.works.end(), is_used) ||
        std::any_of(all.simples.begin(), all.simples.end(), is_used)) {
        breach("the module is unloaded while a callback of the pool is in it, or still to come");
    }
}

} // namespace

void hold_module() noexcept
{
    ++the_machine().module_holders;
}

void release_module() noexcept
{
    machine& here = the_machine();
    if (here.module_holders == 0) {
        breach("the module is let go more often than it was held");
    }
    if (--here.module_holders == 0 && !here.module_is_pinned) {
        trace("the module is unloaded");
        check_that_nothing_is_inside();
        tell_of_the_end(nullptr);
    }
}

void exit_process() noexcept
{
    end_other_threads();
    trace("the process exits");
    the_machine().process_exits = true;
    the_machine().program_ended = true; // whatever is left is left
    tell_of_the_end(&the_machine());
}

void check_module_is_there(const char* what) noexcept
{
    if (the_machine().module_holders == 0 && !the_machine().module_is_pinned) {
        breach("%s in a module that was unloaded", what);
    }
}

} // namespace sim

using namespace sim;

HMODULE GetModuleHandleW(LPCWSTR name)
{
    const system_call here("GetModuleHandleW");
    if (name == nullptr) {
        return reinterpret_cast<HMODULE>(&program_module);
    }
    if (std::wstring_view(name) != L"ntdll.dll") {
        breach("GetModuleHandleW: a module that is not simulated");
    }
    return system_handle;
}

BOOL GetModuleHandleExW(DWORD flags, LPCWSTR name_or_address, HMODULE* module)
{
    const system_call here("GetModuleHandleExW", flags);
    if ((flags & GET_MODULE_HANDLE_EX_FLAG_FROM_ADDRESS) == 0 || name_or_address == nullptr) {
        breach("GetModuleHandleExW: only the module of an address of the library's is simulated");
    }
    if (const DWORD code = fault("GetModuleHandleExW", {ERROR_NOT_ENOUGH_MEMORY})) {
        fail_with(code);
        *module = nullptr;
        return FALSE;
    }
    *module = library_handle;
    the_machine().module_is_pinned = the_machine().module_is_pinned || (flags & GET_MODULE_HANDLE_EX_FLAG_PIN) != 0;
    if ((flags & (GET_MODULE_HANDLE_EX_FLAG_PIN | GET_MODULE_HANDLE_EX_FLAG_UNCHANGED_REFCOUNT)) == 0) {
        hold_module();
    }
    disturb_last_error();
    return TRUE;
}

HMODULE LoadLibraryExW(LPCWSTR name, HANDLE, DWORD flags)
{
    const system_call here("LoadLibraryExW", flags);
    if (std::wstring_view(name) != L"iphlpapi.dll" || flags != LOAD_LIBRARY_SEARCH_SYSTEM32) {
        breach("LoadLibraryExW: a module that is not simulated, or not only looked for among the system's");
    }
    if (const DWORD code = fault("LoadLibraryExW", {ERROR_NOT_ENOUGH_MEMORY})) {
        fail_with(code);
        return nullptr;
    }
    ++the_machine().modules_loaded;
    disturb_last_error();
    return adapters_handle;
}

BOOL FreeLibrary(HMODULE module)
{
    const system_call here("FreeLibrary");
    if (module == adapters_handle) {
        --the_machine().modules_loaded;
    } else if (module == library_handle) {
        release_module();
    } else {
        breach("FreeLibrary: of a module that nobody has loaded");
    }
    disturb_last_error();
    return TRUE;
}

void FreeLibraryAndExitThread(HMODULE module, DWORD)
{
    std::jmp_buf* const end = std::exchange(self().end, nullptr);
    {
        const system_call here("FreeLibraryAndExitThread");
        if (module != library_handle || end == nullptr) {
            breach("FreeLibraryAndExitThread: not of the library, or not by a thread of its own");
        }
        --the_machine().own_threads;
        release_module();
    }
    std::longjmp(*end, 1);
}

FARPROC GetProcAddress(HMODULE module, LPCSTR name)
{
    const system_call here("GetProcAddress");
    const std::string_view asked = name;
    if (module == adapters_handle && asked == "GetAdaptersAddresses") {
        if (const DWORD code = fault("GetProcAddress", {ERROR_INVALID_FUNCTION})) {
            fail_with(code);
            return nullptr;
        }
        return reinterpret_cast<FARPROC>(reinterpret_cast<void (*)()>(GetAdaptersAddresses));
    }
    if (module == system_handle && asked == "wine_get_version") {
        return the_machine().how.wine ? wine_get_version : nullptr;
    }
    if (module == system_handle && asked == "RtlDllShutdownInProgress") {
        return dll_shutdown_in_progress;
    }
    breach("GetProcAddress: %s is not simulated", name);
}
