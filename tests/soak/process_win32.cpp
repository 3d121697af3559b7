#include "process.hpp"

#include <winsock2.h>

#include <windows.h>

#include <psapi.h>
#include <tlhelp32.h>

#include <cstdio>
#include <cstdlib>
#include <stdexcept>
#include <vector>

#include "handle_count.hpp"
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

std::size_t count_blocks(HANDLE heap)
{
    std::size_t count = 0;
    PROCESS_HEAP_ENTRY entry{};
    (void)HeapLock(heap);
    while (HeapWalk(heap, &entry) != FALSE) {
        count += (entry.wFlags & PROCESS_HEAP_ENTRY_BUSY) != 0 ? 1U : 0U;
    }
    (void)HeapUnlock(heap);
    return count;
}

// Of all heaps: the C library's need not be the process's.
std::size_t count_blocks()
{
    std::vector<HANDLE> heaps(GetProcessHeaps(0, nullptr));
    heaps.resize(GetProcessHeaps(static_cast<DWORD>(heaps.size()), heaps.data()));
    std::size_t count = 0;
    for (const HANDLE heap : heaps) {
        count += count_blocks(heap);
    }
    return count;
}

std::size_t working_set()
{
    // Not the private bytes, which are always 0 on Wine 8.
    PROCESS_MEMORY_COUNTERS counters{};
    if (GetProcessMemoryInfo(GetCurrentProcess(), &counters, sizeof counters) == FALSE) {
        throw std::runtime_error("GetProcessMemoryInfo");
    }
    return counters.WorkingSetSize;
}

VOID CALLBACK ignore(PTP_CALLBACK_INSTANCE /*instance*/, PVOID /*context*/, PVOID /*overlapped*/, ULONG /*result*/,
                     ULONG_PTR /*bytes*/, PTP_IO /*io*/) noexcept
{
}

// What an open socket is to the system: its I/O object in a thread pool, and an operation that a close ends.
void use_a_plain_socket()
{
    const contract::loopback_pair pair = contract::connect_pair();
    PTP_IO const io = CreateThreadpoolIo(pair.near_end, ignore, nullptr, nullptr);
    if (io == nullptr) {
        throw std::runtime_error("CreateThreadpoolIo");
    }
    char byte = 0;
    WSABUF buffer{1, &byte};
    DWORD flags = 0;
    OVERLAPPED overlapped{};
    StartThreadpoolIo(io);
    const int received =
        WSARecv(reinterpret_cast<SOCKET>(pair.near_end), &buffer, 1, nullptr, &flags, &overlapped, nullptr);
    if (received != 0 && WSAGetLastError() != WSA_IO_PENDING) {
        throw std::runtime_error("WSARecv");
    }
    contract::cancel_pending(pair.near_end);
    contract::close_socket(pair.near_end);
    WaitForThreadpoolIoCallbacks(io, FALSE);
    CloseThreadpoolIo(io);
}

} // namespace

resources measure_resources()
{
    return {async_socket::test::open_handles(), count_threads(), count_blocks(), working_set()};
}

// Wine 8 never frees a thread pool I/O object's list of completions.
std::size_t blocks_lost_by_the_system_per_open()
{
    constexpr std::size_t sockets = 100;
    use_a_plain_socket(); // what the system creates once
    const std::size_t before = count_blocks();
    for (std::size_t i = 0; i < sockets; ++i) {
        use_a_plain_socket();
    }
    const std::size_t after = count_blocks();
    return after > before ? (after - before + sockets / 2) / sockets : 0;
}

void end_process(int status)
{
    (void)std::fflush(nullptr);
    (void)TerminateProcess(GetCurrentProcess(), static_cast<UINT>(status));
    std::abort(); // not reached
}

} // namespace soak
