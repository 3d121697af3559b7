#include "support/handle_count.hpp"

#include <cstdlib>
#include <vector>

#include "win32/win.hpp"

namespace async_socket::test {

namespace {

// The layouts and numbers of NtQuerySystemInformation(SystemExtendedHandleInformation), which the
// SDK's headers leave out. GetProcessHandleCount would be simpler, but is always 0 on Wine.
struct handle_entry {
    PVOID object;
    ULONG_PTR process;
    ULONG_PTR handle;
    ULONG access;
    USHORT trace;
    USHORT type;
    ULONG attributes;
    ULONG reserved;
};

struct handle_list {
    ULONG_PTR count;
    ULONG_PTR reserved;
    handle_entry entries[1];
};

using query_function = LONG(NTAPI*)(ULONG what, PVOID buffer, ULONG size, PULONG needed);

constexpr ULONG extended_handle_information = 64;
constexpr LONG buffer_too_small = static_cast<LONG>(0xC0000004);

query_function find_query()
{
    const FARPROC found = GetProcAddress(GetModuleHandleW(L"ntdll.dll"), "NtQuerySystemInformation");
    return reinterpret_cast<query_function>(reinterpret_cast<void*>(found));
}

} // namespace

std::size_t open_handles()
{
    static const query_function query = find_query();
    static std::vector<ULONG_PTR> buffer(1U << 14U);
    LONG status = 0;
    while ((status = query(extended_handle_information, buffer.data(),
                           static_cast<ULONG>(buffer.size() * sizeof(ULONG_PTR)), nullptr)) == buffer_too_small) {
        buffer.resize(buffer.size() * 2);
    }
    if (status < 0) {
        std::abort();
    }
    const auto* const list = reinterpret_cast<const handle_list*>(buffer.data());
    std::size_t own = 0;
    for (ULONG_PTR i = 0; i < list->count; ++i) {
        own += list->entries[i].process == GetCurrentProcessId() ? 1U : 0U;
    }
    return own;
}

} // namespace async_socket::test
