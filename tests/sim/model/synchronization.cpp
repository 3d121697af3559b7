// Locks, InitOnce, WaitOnAddress (which orders nothing: the words are read by the library), thread-local slots, the
// last error, the clock.
#include <atomic>
#include <bit>
#include <cstdio>
#include <cstring>

#include "model/breach.hpp"
#include "model/machine.hpp"
#include "model/thread.hpp"
#include "winsock2.h"

using namespace sim;

// ---- SRW locks: the pointer counts the readers, or is `taken` ------------------------------------

namespace {

const auto taken = reinterpret_cast<PVOID>(~std::uintptr_t{0});

// Of an INIT_ONCE: a thread is at it.
const auto under_way = reinterpret_cast<PVOID>(std::uintptr_t{1});

PVOID reader_count(std::uintptr_t count) noexcept
{
    return reinterpret_cast<PVOID>(count);
}

std::uintptr_t readers(const SRWLOCK& lock) noexcept
{
    return reinterpret_cast<std::uintptr_t>(lock.Ptr);
}

} // namespace

void AcquireSRWLockExclusive(PSRWLOCK lock)
{
    const system_call here("AcquireSRWLockExclusive");
    while (lock->Ptr != nullptr) {
        (void)wait(lock, for_ever);
    }
    lock->Ptr = taken;
    observe(lock);
}

void ReleaseSRWLockExclusive(PSRWLOCK lock)
{
    const system_call here("ReleaseSRWLockExclusive");
    if (lock->Ptr != taken) {
        breach("ReleaseSRWLockExclusive: not held");
    }
    publish(lock);
    lock->Ptr = nullptr;
    wake(lock);
}

void AcquireSRWLockShared(PSRWLOCK lock)
{
    const system_call here("AcquireSRWLockShared");
    while (lock->Ptr == taken) {
        (void)wait(lock, for_ever);
    }
    lock->Ptr = reader_count(readers(*lock) + 1);
    observe(lock);
}

void ReleaseSRWLockShared(PSRWLOCK lock)
{
    const system_call here("ReleaseSRWLockShared");
    if (lock->Ptr == taken || lock->Ptr == nullptr) {
        breach("ReleaseSRWLockShared: not held");
    }
    publish(lock);
    lock->Ptr = reader_count(readers(*lock) - 1);
    wake(lock);
}

BOOL InitOnceExecuteOnce(PINIT_ONCE once, PINIT_ONCE_FN function, PVOID parameter, PVOID* context)
{
    const system_call here("InitOnceExecuteOnce");
    while (once->Ptr == under_way) {
        (void)wait(once, for_ever);
    }
    observe(once);
    if (once->Ptr == taken) {
        return TRUE;
    }
    once->Ptr = under_way;
    const BOOL done = function(once, parameter, context);
    publish(once);
    once->Ptr = done != FALSE ? taken : nullptr; // after a failure the next call tries again
    wake(once);
    return done;
}

// ---- WaitOnAddress -------------------------------------------------------------------------------

BOOL WaitOnAddress(volatile VOID* address, PVOID compare_address, SIZE_T size, DWORD timeout_ms)
{
    const system_call here("WaitOnAddress", timeout_ms);
    if (size != sizeof(std::uint32_t)) {
        breach("WaitOnAddress: a word of %zu bytes is not simulated", size);
    }
    std::uint32_t expected = 0;
    std::memcpy(&expected, compare_address, sizeof expected);
    const std::uint32_t value = __atomic_load_n(static_cast<volatile std::uint32_t*>(address), __ATOMIC_SEQ_CST);
    disturb_last_error();
    if (value != expected || the_machine().dice.one_in(the_machine().how.spurious_wake_one_in)) {
        return TRUE;
    }
    if (!wait(const_cast<const void*>(address), timeout_ms == INFINITE ? for_ever : now_ms() + timeout_ms)) {
        fail_with(ERROR_TIMEOUT);
        return FALSE;
    }
    return TRUE;
}

void WakeByAddressAll(PVOID address)
{
    const system_call here("WakeByAddressAll");
    wake(address);
    disturb_last_error();
}

// ---- thread-local slots --------------------------------------------------------------------------

namespace {

// The library keeps its slot for the life of the process, so this outlives a run.
std::atomic<std::uint32_t> slot_bits{0};

} // namespace

std::uint32_t sim::slots_in_use() noexcept
{
    return static_cast<std::uint32_t>(std::popcount(slot_bits.load()));
}

DWORD TlsAlloc()
{
    const system_call here("TlsAlloc");
    if (const DWORD code = fault("TlsAlloc", {ERROR_NOT_ENOUGH_MEMORY})) {
        fail_with(code);
        return TLS_OUT_OF_INDEXES;
    }
    for (DWORD i = 0; i < self().slots.size(); ++i) {
        const std::uint32_t bit = 1U << i;
        if ((slot_bits.fetch_or(bit) & bit) == 0) {
            return i;
        }
    }
    breach("TlsAlloc: more slots in use than the library has a reason for");
}

BOOL TlsFree(DWORD index)
{
    const system_call here("TlsFree", index);
    const std::uint32_t bit = 1U << index;
    if ((slot_bits.fetch_and(~bit) & bit) == 0) {
        breach("TlsFree: not in use");
    }
    return TRUE;
}

PVOID TlsGetValue(DWORD index)
{
    if (index >= self().slots.size() || (slot_bits.load() & (1U << index)) == 0) {
        breach("TlsGetValue: slot %u is not in use", index);
    }
    self().last_error = NO_ERROR; // as documented
    return self().slots[index];
}

BOOL TlsSetValue(DWORD index, PVOID value)
{
    if (index >= self().slots.size() || (slot_bits.load() & (1U << index)) == 0) {
        breach("TlsSetValue: slot %u is not in use", index);
    }
    if (self().no_memory_for_slots) {
        fail_with(ERROR_NOT_ENOUGH_MEMORY);
        return FALSE;
    }
    self().slots[index] = value;
    return TRUE;
}

// ---- the last error, the clock -------------------------------------------------------------------

DWORD GetLastError()
{
    return self().last_error;
}

void SetLastError(DWORD code)
{
    self().last_error = code;
}

DWORD FormatMessageA(DWORD flags, const void* /*source*/, DWORD code, DWORD language, char* room, DWORD size,
                     va_list* /*inserts*/)
{
    constexpr DWORD known = FORMAT_MESSAGE_FROM_SYSTEM | FORMAT_MESSAGE_IGNORE_INSERTS | FORMAT_MESSAGE_MAX_WIDTH_MASK;
    if (flags != known) {
        breach("FormatMessage: flags %x", flags);
    }
    const bool is_english = language == MAKELANGID(LANG_ENGLISH, SUBLANG_ENGLISH_US);
    const char* const words = is_english ? the_machine().english : the_machine().other_language;
    constexpr DWORD largest_code = 0xffff; // of the system's own
    if (words == nullptr || code > largest_code) {
        fail_with(is_english ? ERROR_RESOURCE_LANG_NOT_FOUND : ERROR_MR_MID_NOT_FOUND);
        return 0;
    }
    return static_cast<DWORD>(std::snprintf(room, size, "%s %u. ", words, code));
}

int WSAGetLastError()
{
    return static_cast<int>(self().last_error);
}

void WSASetLastError(int code)
{
    self().last_error = static_cast<DWORD>(code);
}

// Multiples of four, as on Windows.
DWORD GetCurrentThreadId()
{
    return 4 * (self().id + 1);
}

ULONGLONG GetTickCount64()
{
    const system_call here("GetTickCount64");
    return now_ms();
}

void Sleep(DWORD time_ms)
{
    static const char nobody_wakes_it = 0;
    const system_call here("Sleep", time_ms);
    (void)wait(&nobody_wakes_it, now_ms() + time_ms);
}
