// The simulated Windows: the declarations that the library uses, with the widths and values of the
// real ones, so that src/win32 compiles natively and unchanged. tests/sim/model defines the functions;
// tests/sim/abi_test.cpp keeps this file equal to the real headers.
//
// C++ linkage on purpose: some names are libc's too, and become overloads of them.
#pragma once

#include <cstdarg>
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
using LPVOID = void*;
using SIZE_T = std::size_t;
using UINT_PTR = std::uintptr_t;
using ULONG_PTR = std::uintptr_t;
using ULONGLONG = unsigned long long;

#define MAKEWORD(low, high) static_cast<WORD>((low) | ((high) << 8))

// ---- errors ------------------------------------------------------------------------------------

#define NO_ERROR 0
#define ERROR_SUCCESS 0
#define ERROR_INVALID_FUNCTION 1
#define ERROR_INVALID_HANDLE 6
#define ERROR_NOT_ENOUGH_MEMORY 8
#define ERROR_OUTOFMEMORY 14
#define ERROR_UNEXP_NET_ERR 59
#define ERROR_NETNAME_DELETED 64
#define ERROR_INVALID_PARAMETER 87
#define ERROR_BUFFER_OVERFLOW 111
#define ERROR_SEM_TIMEOUT 121
#define ERROR_NO_DATA 232
#define ERROR_MORE_DATA 234
#define WAIT_TIMEOUT 258
#define ERROR_MR_MID_NOT_FOUND 317
#define ERROR_OPERATION_ABORTED 995
#define ERROR_IO_PENDING 997
#define ERROR_NOT_FOUND 1168
#define ERROR_CONNECTION_REFUSED 1225
#define ERROR_NETWORK_UNREACHABLE 1231
#define ERROR_HOST_UNREACHABLE 1232
#define ERROR_CONNECTION_ABORTED 1236
#define ERROR_NO_SYSTEM_RESOURCES 1450
#define ERROR_WORKING_SET_QUOTA 1453
#define ERROR_COMMITMENT_LIMIT 1455
#define ERROR_TIMEOUT 1460
#define ERROR_RESOURCE_LANG_NOT_FOUND 1815
#define ERROR_NOT_ENOUGH_QUOTA 1816

DWORD GetLastError();
void SetLastError(DWORD code);

#define FORMAT_MESSAGE_MAX_WIDTH_MASK 0x000000FF
#define FORMAT_MESSAGE_IGNORE_INSERTS 0x00000200
#define FORMAT_MESSAGE_FROM_SYSTEM 0x00001000
#define LANG_ENGLISH 0x09
#define SUBLANG_ENGLISH_US 0x01
#define MAKELANGID(primary, secondary) static_cast<WORD>(((secondary) << 10) | (primary))

DWORD FormatMessageA(DWORD flags, const void* source, DWORD code, DWORD language, char* room, DWORD size,
                     va_list* inserts);

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

#define STATUS_PENDING 0x103
#define WAIT_OBJECT_0 0
#define HANDLE_FLAG_INHERIT 1
#define WAIT_FAILED 0xFFFFFFFF

HANDLE CreateEventW(SECURITY_ATTRIBUTES* attributes, BOOL manual_reset, BOOL initial_state, LPCWSTR name);
BOOL SetEvent(HANDLE handle);
BOOL CloseHandle(HANDLE handle);
BOOL SetHandleInformation(HANDLE handle, DWORD mask, DWORD flags);
DWORD WaitForSingleObject(HANDLE handle, DWORD timeout_ms);
DWORD WaitForMultipleObjects(DWORD count, const HANDLE* handles, BOOL all, DWORD timeout_ms);
BOOL CancelIoEx(HANDLE file, LPOVERLAPPED overlapped);

#define FILE_SKIP_COMPLETION_PORT_ON_SUCCESS 1
#define FILE_SKIP_SET_EVENT_ON_HANDLE 2

BOOL SetFileCompletionNotificationModes(HANDLE file, UCHAR flags);
ULONGLONG GetTickCount64();
DWORD GetCurrentThreadId();

using LPTHREAD_START_ROUTINE = DWORD(WINAPI*)(LPVOID parameter);

HANDLE CreateThread(SECURITY_ATTRIBUTES* attributes, SIZE_T stack_size, LPTHREAD_START_ROUTINE routine,
                    LPVOID parameter, DWORD flags, DWORD* id);

void Sleep(DWORD time_ms);

// ---- modules -----------------------------------------------------------------------------------

struct module_data;
using HMODULE = module_data*;
using HINSTANCE = module_data*;
using LPCSTR = const char*;
using FARPROC = std::intptr_t (*)();

#define DLL_PROCESS_DETACH 0
#define DLL_PROCESS_ATTACH 1
#define DLL_THREAD_ATTACH 2
#define DLL_THREAD_DETACH 3
#define GET_MODULE_HANDLE_EX_FLAG_PIN 1
#define GET_MODULE_HANDLE_EX_FLAG_UNCHANGED_REFCOUNT 2
#define GET_MODULE_HANDLE_EX_FLAG_FROM_ADDRESS 4

#define LOAD_LIBRARY_SEARCH_SYSTEM32 0x800

HMODULE LoadLibraryExW(LPCWSTR name, HANDLE file, DWORD flags);
HMODULE GetModuleHandleW(LPCWSTR name);
BOOL GetModuleHandleExW(DWORD flags, LPCWSTR name_or_address, HMODULE* module);
BOOL FreeLibrary(HMODULE module);
[[noreturn]] void FreeLibraryAndExitThread(HMODULE module, DWORD code);
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

struct FILETIME {
    DWORD dwLowDateTime;
    DWORD dwHighDateTime;
};
using PFILETIME = FILETIME*;
using PTP_TIMER = struct TP_TIMER*;
using PTP_TIMER_CALLBACK = VOID(CALLBACK*)(PTP_CALLBACK_INSTANCE instance, PVOID context, PTP_TIMER timer);

using PTP_SIMPLE_CALLBACK = VOID(CALLBACK*)(PTP_CALLBACK_INSTANCE instance, PVOID context);
using PTP_CLEANUP_GROUP = struct TP_CLEANUP_GROUP*;
using PTP_CLEANUP_GROUP_CANCEL_CALLBACK = VOID(CALLBACK*)(PVOID object_context, PVOID cleanup_context);

struct TP_CALLBACK_ENVIRON {
    ULONG Version;
    PTP_POOL Pool;
    PTP_CLEANUP_GROUP CleanupGroup;
    PVOID RaceDll;
    BOOL RunsLong;
};
using PTP_CALLBACK_ENVIRON = TP_CALLBACK_ENVIRON*;

PTP_POOL CreateThreadpool(PVOID reserved);
void CloseThreadpool(PTP_POOL pool);
BOOL SetThreadpoolThreadMinimum(PTP_POOL pool, DWORD minimum);
void SetThreadpoolThreadMaximum(PTP_POOL pool, DWORD maximum);

void InitializeThreadpoolEnvironment(PTP_CALLBACK_ENVIRON environment);
void SetThreadpoolCallbackPool(PTP_CALLBACK_ENVIRON environment, PTP_POOL pool);
void SetThreadpoolCallbackCleanupGroup(PTP_CALLBACK_ENVIRON environment, PTP_CLEANUP_GROUP group,
                                       PTP_CLEANUP_GROUP_CANCEL_CALLBACK on_cancel);
void SetThreadpoolCallbackLibrary(PTP_CALLBACK_ENVIRON environment, PVOID module);
void SetThreadpoolCallbackRunsLong(PTP_CALLBACK_ENVIRON environment);
void DestroyThreadpoolEnvironment(PTP_CALLBACK_ENVIRON environment);

PTP_IO CreateThreadpoolIo(HANDLE file, PTP_WIN32_IO_CALLBACK callback, PVOID context, PTP_CALLBACK_ENVIRON environment);
void StartThreadpoolIo(PTP_IO io);
void CancelThreadpoolIo(PTP_IO io);
void WaitForThreadpoolIoCallbacks(PTP_IO io, BOOL cancel_pending_callbacks);
void CloseThreadpoolIo(PTP_IO io);
void DisassociateCurrentThreadFromCallback(PTP_CALLBACK_INSTANCE instance);
BOOL CallbackMayRunLong(PTP_CALLBACK_INSTANCE instance);
void FreeLibraryWhenCallbackReturns(PTP_CALLBACK_INSTANCE instance, HMODULE module);

PTP_WORK CreateThreadpoolWork(PTP_WORK_CALLBACK callback, PVOID context, PTP_CALLBACK_ENVIRON environment);
void SubmitThreadpoolWork(PTP_WORK work);
void WaitForThreadpoolWorkCallbacks(PTP_WORK work, BOOL cancel_pending_callbacks);
void CloseThreadpoolWork(PTP_WORK work);
PTP_TIMER CreateThreadpoolTimer(PTP_TIMER_CALLBACK callback, PVOID context, PTP_CALLBACK_ENVIRON environment);
void SetThreadpoolTimer(PTP_TIMER timer, PFILETIME due, DWORD period_ms, DWORD window_ms);
void WaitForThreadpoolTimerCallbacks(PTP_TIMER timer, BOOL cancel_pending_callbacks);
void CloseThreadpoolTimer(PTP_TIMER timer);
BOOL TrySubmitThreadpoolCallback(PTP_SIMPLE_CALLBACK callback, PVOID context, PTP_CALLBACK_ENVIRON environment);

PTP_CLEANUP_GROUP CreateThreadpoolCleanupGroup();
void CloseThreadpoolCleanupGroupMembers(PTP_CLEANUP_GROUP group, BOOL cancel_pending_callbacks, PVOID cleanup_context);
void CloseThreadpoolCleanupGroup(PTP_CLEANUP_GROUP group);
