// The simulated Windows: the declarations that the library uses, with the widths and values of the
// real ones, so that src/win32 compiles natively and unchanged. tests/sim/model defines the functions;
// tests/sim/abi_test.cpp keeps this file equal to the real headers.
//
// C++ linkage on purpose: some names are libc's too, and become overloads of them.
#pragma once

#include <cstddef>
#include <cstdint>

#define VOID void
#define WINAPI
#define CALLBACK
#define FALSE 0
#define TRUE 1
#define INFINITE 0xFFFFFFFF

using BOOL = int;
using WORD = std::uint16_t;
using DWORD = std::uint32_t; // `unsigned long` has 64 bits here
using UCHAR = std::uint8_t;
using LONG = std::int32_t;
using ULONG = std::uint32_t;
using LPDWORD = DWORD*;
using LPCWSTR = const wchar_t*;
using PVOID = void*;
using HANDLE = void*;
using SIZE_T = std::size_t;
using UINT_PTR = std::uintptr_t;
using ULONG_PTR = std::uintptr_t;
using ULONGLONG = unsigned long long;

#define MAKEWORD(low, high) static_cast<WORD>((low) | ((high) << 8))

// ---- errors ------------------------------------------------------------------------------------

#define NO_ERROR 0
#define ERROR_INVALID_FUNCTION 1
#define ERROR_INVALID_HANDLE 6
#define ERROR_NOT_ENOUGH_MEMORY 8
#define ERROR_NETNAME_DELETED 64
#define ERROR_INVALID_PARAMETER 87
#define ERROR_MORE_DATA 234
#define WAIT_TIMEOUT 258
#define ERROR_OPERATION_ABORTED 995
#define ERROR_IO_PENDING 997
#define ERROR_NOT_FOUND 1168
#define ERROR_CONNECTION_ABORTED 1236
#define ERROR_NO_SYSTEM_RESOURCES 1450
#define ERROR_TIMEOUT 1460

DWORD GetLastError();
void SetLastError(DWORD code);

// ---- handles, events, time ---------------------------------------------------------------------

struct SECURITY_ATTRIBUTES;

struct OVERLAPPED {
    ULONG_PTR Internal;
    ULONG_PTR InternalHigh;
    union {
        struct {
            DWORD Offset;
            DWORD OffsetHigh;
        } parts;
        PVOID Pointer;
    } position;
    HANDLE hEvent;
};
using LPOVERLAPPED = OVERLAPPED*;

#define WAIT_OBJECT_0 0
#define WAIT_FAILED 0xFFFFFFFF

HANDLE CreateEventW(SECURITY_ATTRIBUTES* attributes, BOOL manual_reset, BOOL initial_state, LPCWSTR name);
BOOL SetEvent(HANDLE handle);
BOOL CloseHandle(HANDLE handle);
DWORD WaitForMultipleObjects(DWORD count, const HANDLE* handles, BOOL all, DWORD timeout_ms);
BOOL CancelIoEx(HANDLE file, LPOVERLAPPED overlapped);

#define FILE_SKIP_COMPLETION_PORT_ON_SUCCESS 1
#define FILE_SKIP_SET_EVENT_ON_HANDLE 2

BOOL SetFileCompletionNotificationModes(HANDLE file, UCHAR flags);
ULONGLONG GetTickCount64();
DWORD GetCurrentThreadId();

struct module_data;
using HMODULE = module_data*;
using LPCSTR = const char*;
using FARPROC = std::intptr_t (*)();

HMODULE GetModuleHandleW(LPCWSTR name);
FARPROC GetProcAddress(HMODULE module, LPCSTR name);

// ---- locks, waiting, thread-local slots --------------------------------------------------------

struct SRWLOCK {
    PVOID Ptr;
};
using PSRWLOCK = SRWLOCK*;
#define SRWLOCK_INIT \
    {                \
        nullptr      \
    }

void AcquireSRWLockExclusive(PSRWLOCK lock);
void ReleaseSRWLockExclusive(PSRWLOCK lock);
void AcquireSRWLockShared(PSRWLOCK lock);
void ReleaseSRWLockShared(PSRWLOCK lock);

struct INIT_ONCE {
    PVOID Ptr;
};
using PINIT_ONCE = INIT_ONCE*;
using PINIT_ONCE_FN = BOOL (*)(PINIT_ONCE once, PVOID parameter, PVOID* context);
#define INIT_ONCE_STATIC_INIT \
    {                         \
        nullptr               \
    }

BOOL InitOnceExecuteOnce(PINIT_ONCE once, PINIT_ONCE_FN function, PVOID parameter, PVOID* context);

BOOL WaitOnAddress(volatile VOID* address, PVOID compare_address, SIZE_T size, DWORD timeout_ms);
void WakeByAddressAll(PVOID address);

#define TLS_OUT_OF_INDEXES 0xFFFFFFFF

DWORD TlsAlloc();
BOOL TlsFree(DWORD index);
PVOID TlsGetValue(DWORD index);
BOOL TlsSetValue(DWORD index, PVOID value);

// ---- the thread pool ---------------------------------------------------------------------------

using PTP_POOL = struct TP_POOL*;
using PTP_IO = struct TP_IO*;
using PTP_CALLBACK_INSTANCE = struct TP_CALLBACK_INSTANCE*;
using PTP_WIN32_IO_CALLBACK = VOID(CALLBACK*)(PTP_CALLBACK_INSTANCE instance, PVOID context, PVOID overlapped,
                                              ULONG io_result, ULONG_PTR bytes, PTP_IO io);
using PTP_WORK = struct TP_WORK*;
using PTP_WORK_CALLBACK = VOID(CALLBACK*)(PTP_CALLBACK_INSTANCE instance, PVOID context, PTP_WORK work);

struct TP_CALLBACK_ENVIRON {
    ULONG Version;
    PTP_POOL Pool;
};
using PTP_CALLBACK_ENVIRON = TP_CALLBACK_ENVIRON*;

PTP_POOL CreateThreadpool(PVOID reserved);
void CloseThreadpool(PTP_POOL pool);
BOOL SetThreadpoolThreadMinimum(PTP_POOL pool, DWORD minimum);
void SetThreadpoolThreadMaximum(PTP_POOL pool, DWORD maximum);

void InitializeThreadpoolEnvironment(PTP_CALLBACK_ENVIRON environment);
void SetThreadpoolCallbackPool(PTP_CALLBACK_ENVIRON environment, PTP_POOL pool);
void DestroyThreadpoolEnvironment(PTP_CALLBACK_ENVIRON environment);

PTP_IO CreateThreadpoolIo(HANDLE file, PTP_WIN32_IO_CALLBACK callback, PVOID context, PTP_CALLBACK_ENVIRON environment);
void StartThreadpoolIo(PTP_IO io);
void CancelThreadpoolIo(PTP_IO io);
void WaitForThreadpoolIoCallbacks(PTP_IO io, BOOL cancel_pending_callbacks);
void CloseThreadpoolIo(PTP_IO io);
void DisassociateCurrentThreadFromCallback(PTP_CALLBACK_INSTANCE instance);

PTP_WORK CreateThreadpoolWork(PTP_WORK_CALLBACK callback, PVOID context, PTP_CALLBACK_ENVIRON environment);
void SubmitThreadpoolWork(PTP_WORK work);
void WaitForThreadpoolWorkCallbacks(PTP_WORK work, BOOL cancel_pending_callbacks);
void CloseThreadpoolWork(PTP_WORK work);
