#include <winsock2.h>

#include <windows.h>

#include <psapi.h>
#include <tlhelp32.h>

#include <stdexcept>

#include "resources.hpp"
#include "support/peer.hpp"

namespace soak {

namespace {

std::size_t count_threads()
{
    const HANDLE snapshot = CreateToolhelp32Snapshot(TH32CS_SNAPTHREAD, 0);
    if (snapshot == INVALID_HANDLE_VALUE) {
        throw std::runtime_error("CreateToolhelp32Snapshot");
    }
    std::size_t own = 0;
    THREADENTRY32 entry{};
    entry.dwSize = sizeof entry;
    for (BOOL more = Thread32First(snapshot, &entry); more != FALSE; more = Thread32Next(snapshot, &entry)) {
        own += entry.th32OwnerProcessID == GetCurrentProcessId() ? 1U : 0U;
    }
    (void)CloseHandle(snapshot);
    return own;
}

std::size_t private_bytes()
{
    PROCESS_MEMORY_COUNTERS_EX counters{};
    if (GetProcessMemoryInfo(GetCurrentProcess(), reinterpret_cast<PROCESS_MEMORY_COUNTERS*>(&counters),
                             sizeof counters) == FALSE) {
        throw std::runtime_error("GetProcessMemoryInfo");
    }
    return counters.PrivateUsage;
}

} // namespace

resources measure_resources()
{
    return {contract::count_handles(), count_threads(), private_bytes()};
}

} // namespace soak
