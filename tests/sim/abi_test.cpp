// Compiled against the real Windows headers and against the simulated ones: what the library uses of
// them is the same in both. Only types and constants are compared; nothing runs.
#include <cstddef>
#include <type_traits>

#include <winsock2.h>
#include <ws2tcpip.h>

#include <iphlpapi.h>
#include <mswsock.h>
#include <windows.h>

namespace {

// ---- widths and layouts ----------------------------------------------------------------------------

static_assert(sizeof(DWORD) == 4 && sizeof(ULONG) == 4 && sizeof(u_long) == 4 && sizeof(BOOL) == 4 &&
              sizeof(WORD) == 2);
static_assert(sizeof(ULONG_PTR) == 8 && sizeof(SOCKET) == 8 && sizeof(HANDLE) == 8 && sizeof(ULONGLONG) == 8);
static_assert(std::is_unsigned_v<DWORD>);
static_assert(std::is_unsigned_v<SOCKET>);
static_assert(std::is_unsigned_v<u_long>);
static_assert(std::is_pointer_v<HANDLE> && std::is_pointer_v<PTP_IO> && std::is_pointer_v<PTP_POOL>);

static_assert(sizeof(OVERLAPPED) == 32 && offsetof(OVERLAPPED, hEvent) == 24 &&
              offsetof(OVERLAPPED, InternalHigh) == 8);
static_assert(sizeof(WSABUF) == 16 && offsetof(WSABUF, len) == 0 && offsetof(WSABUF, buf) == 8);
static_assert(sizeof(FILETIME) == 8 && offsetof(FILETIME, dwHighDateTime) == 4);
static_assert(sizeof(SRWLOCK) == 8 && sizeof(INIT_ONCE) == 8);
static_assert(sizeof(sockaddr) == 16 && sizeof(sockaddr_in) == 16 && sizeof(sockaddr_in6) == 28);
static_assert(offsetof(sockaddr_in, sin_port) == 2 && offsetof(sockaddr_in6, sin6_addr) == 8);
static_assert(offsetof(sockaddr, sa_family) == 0 && sizeof(sockaddr::sa_family) == 2);
static_assert(offsetof(sockaddr_in, sin_addr) == 4 && offsetof(sockaddr_in6, sin6_port) == 2);
static_assert(offsetof(sockaddr_in6, sin6_flowinfo) == 4 && offsetof(sockaddr_in6, sin6_scope_id) == 24);
static_assert(sizeof(sockaddr_storage) == 128 && alignof(sockaddr_storage) == 8);
static_assert(sizeof(addrinfo) == 48 && offsetof(addrinfo, ai_addr) == 32 && offsetof(addrinfo, ai_next) == 40);
static_assert(sizeof(GUID) == 16);
static_assert(sizeof(linger) == 4 && offsetof(linger, l_linger) == 2);
static_assert(sizeof(WSANETWORKEVENTS) == 44 && offsetof(WSANETWORKEVENTS, iErrorCode) == 4);
static_assert(sizeof(WSAPROTOCOL_INFOW) == 628 && offsetof(WSAPROTOCOL_INFOW, iSocketType) == 88);
static_assert(offsetof(SOCKET_ADDRESS, lpSockaddr) == 0 && std::is_pointer_v<HMODULE>);
static_assert(sizeof(WSAPOLLFD) == 16 && offsetof(WSAPOLLFD, events) == 8 && offsetof(WSAPOLLFD, revents) == 10);
static_assert(POLLERR == 1 && POLLHUP == 2 && POLLWRNORM == 0x10 && POLLRDNORM == 0x100);
static_assert(sizeof(fd_set) == 520 && offsetof(fd_set, fd_array) == 8);

// ---- constants ---------------------------------------------------------------------------------------

static_assert(NO_ERROR == 0 && ERROR_INVALID_HANDLE == 6 && ERROR_NOT_ENOUGH_MEMORY == 8 &&
              ERROR_NETNAME_DELETED == 64);
static_assert(ERROR_INVALID_PARAMETER == 87 && ERROR_MORE_DATA == 234 && WAIT_TIMEOUT == 258);
static_assert(ERROR_OPERATION_ABORTED == 995 && ERROR_IO_PENDING == 997 && STATUS_PENDING == 0x103);
static_assert(WSA_IO_PENDING == 997 && WSA_OPERATION_ABORTED == 995 && WSA_NOT_ENOUGH_MEMORY == 8);
static_assert(ERROR_NOT_FOUND == 1168 && ERROR_CONNECTION_ABORTED == 1236 && ERROR_TIMEOUT == 1460);
static_assert(ERROR_NO_SYSTEM_RESOURCES == 1450 && ERROR_SEM_TIMEOUT == 121);
static_assert(ERROR_OUTOFMEMORY == 14 && ERROR_WORKING_SET_QUOTA == 1453 && ERROR_COMMITMENT_LIMIT == 1455 &&
              ERROR_NOT_ENOUGH_QUOTA == 1816);
static_assert(ERROR_NETWORK_UNREACHABLE == 1231 && ERROR_HOST_UNREACHABLE == 1232);
static_assert(ERROR_UNEXP_NET_ERR == 59 && ERROR_CONNECTION_REFUSED == 1225 && WSAEACCES == 10013);
static_assert(WSAENETUNREACH == 10051 && WSAEHOSTUNREACH == 10065);
static_assert(static_cast<DWORD>(SIO_GET_EXTENSION_FUNCTION_POINTER) == 0xc8000006);
static_assert(SO_UPDATE_ACCEPT_CONTEXT == 0x700b && SO_UPDATE_CONNECT_CONTEXT == 0x7010);
static_assert(WSAEFAULT == 10014 && WSAEINVAL == 10022 && WSAEMFILE == 10024 && WSAEWOULDBLOCK == 10035);
static_assert(WSAEINPROGRESS == 10036 && WSAENOTSOCK == 10038 && WSAEMSGSIZE == 10040 && WSAENOPROTOOPT == 10042);
static_assert(WSAEAFNOSUPPORT == 10047 && WSAEADDRINUSE == 10048 && WSAEADDRNOTAVAIL == 10049 && WSAENETDOWN == 10050);
static_assert(WSAENETRESET == 10052 && WSAECONNABORTED == 10053 && WSAECONNRESET == 10054 && WSAENOBUFS == 10055 &&
              WSAENOTCONN == 10057);
static_assert(WSAESHUTDOWN == 10058 && WSAETIMEDOUT == 10060 && WSAECONNREFUSED == 10061 && WSASYSNOTREADY == 10091);
static_assert(WSATYPE_NOT_FOUND == 10109 && WSAHOST_NOT_FOUND == 11001 && WSATRY_AGAIN == 11002 && WSANO_DATA == 11004);
static_assert(AI_PASSIVE == 1 && AI_NUMERICHOST == 4);
static_assert(INVALID_SOCKET + 1 == 0);
static_assert(SOCKET_ERROR + 1 == 0);
static_assert(AF_UNSPEC == 0 && AF_INET == 2 && AF_INET6 == 23 && SOCK_STREAM == 1);
static_assert(IPPROTO_TCP == 6 && IPPROTO_IPV6 == 41 && IPV6_V6ONLY == 27);
static_assert(SOL_SOCKET == 0xffff && SO_ERROR == 0x1007 && SO_EXCLUSIVEADDRUSE == -5 && SOMAXCONN == 0x7fffffff);
static_assert(static_cast<u_long>(FIONBIO) == 0x8004667e && static_cast<u_long>(FIONREAD) == 0x4004667f);
static_assert(FD_ACCEPT == 8 && WSA_FLAG_OVERLAPPED == 1 && WSA_FLAG_NO_HANDLE_INHERIT == 0x80);
static_assert(SOCK_DGRAM == 2 && SO_LINGER == 0x80 && SO_PROTOCOL_INFOW == 0x2005);
static_assert(SO_KEEPALIVE == 8 && SO_SNDBUF == 0x1001 && SO_RCVBUF == 0x1002 && TCP_NODELAY == 1);
static_assert(WSAENOPROTOOPT == 10042 && WSAEOPNOTSUPP == 10045);
static_assert(XP1_IFS_HANDLES == 0x20000 && SD_RECEIVE == 0 && SD_SEND == 1 && SD_BOTH == 2);
static_assert(FD_CONNECT == 16 && FD_CONNECT_BIT == 4 && FD_MAX_EVENTS == 10 && HANDLE_FLAG_INHERIT == 1);
static_assert(GAA_FLAG_SKIP_ANYCAST == 2 && GAA_FLAG_SKIP_MULTICAST == 4 && GAA_FLAG_SKIP_DNS_SERVER == 8 &&
              GAA_FLAG_SKIP_FRIENDLY_NAME == 32 && IF_TYPE_SOFTWARE_LOOPBACK == 24 && IfOperStatusUp == 1);
static_assert(ERROR_SUCCESS == 0 && ERROR_BUFFER_OVERFLOW == 111 && ERROR_NO_DATA == 232);
static_assert(GET_MODULE_HANDLE_EX_FLAG_PIN == 1 && GET_MODULE_HANDLE_EX_FLAG_UNCHANGED_REFCOUNT == 2 &&
              GET_MODULE_HANDLE_EX_FLAG_FROM_ADDRESS == 4 && LOAD_LIBRARY_SEARCH_SYSTEM32 == 0x800);
static_assert(DLL_PROCESS_DETACH == 0 && DLL_PROCESS_ATTACH == 1 && DLL_THREAD_ATTACH == 2 && DLL_THREAD_DETACH == 3);
static_assert(INFINITE == 0xFFFFFFFF && WAIT_OBJECT_0 == 0 && WAIT_FAILED == 0xFFFFFFFF);
static_assert(ERROR_INVALID_FUNCTION == 1 && FILE_SKIP_COMPLETION_PORT_ON_SUCCESS == 1 &&
              FILE_SKIP_SET_EVENT_ON_HANDLE == 2);
static_assert(TLS_OUT_OF_INDEXES == 0xFFFFFFFF && TRUE == 1 && FALSE == 0 && MAKEWORD(2, 2) == 0x0202);

// ---- signatures ----------------------------------------------------------------------------------------
// A pointer of the type that the library relies on can be initialized with the function.

[[maybe_unused]] DWORD(WINAPI* const get_last_error)() = GetLastError;
[[maybe_unused]] void(WINAPI* const set_last_error)(DWORD) = SetLastError;
[[maybe_unused]] BOOL(WINAPI* const set_event)(HANDLE) = SetEvent;
[[maybe_unused]] BOOL(WINAPI* const close_handle)(HANDLE) = CloseHandle;
[[maybe_unused]] DWORD(WINAPI* const wait_for_multiple)(DWORD, const HANDLE*, BOOL, DWORD) = WaitForMultipleObjects;
[[maybe_unused]] BOOL(WINAPI* const cancel_io)(HANDLE, OVERLAPPED*) = CancelIoEx;
[[maybe_unused]] BOOL(WINAPI* const set_modes)(HANDLE, UCHAR) = SetFileCompletionNotificationModes;
[[maybe_unused]] ULONGLONG(WINAPI* const tick_count)() = GetTickCount64;
[[maybe_unused]] DWORD(WINAPI* const current_thread)() = GetCurrentThreadId;
[[maybe_unused]] HMODULE(WINAPI* const module_handle)(LPCWSTR) = GetModuleHandleW;
[[maybe_unused]] FARPROC(WINAPI* const address_of)(HMODULE, LPCSTR) = GetProcAddress;
[[maybe_unused]] void(WINAPI* const acquire)(SRWLOCK*) = AcquireSRWLockExclusive;
[[maybe_unused]] void(WINAPI* const release)(SRWLOCK*) = ReleaseSRWLockExclusive;
[[maybe_unused]] BOOL(WINAPI* const wait_on_address)(volatile VOID*, PVOID, SIZE_T, DWORD) = WaitOnAddress;
[[maybe_unused]] void(WINAPI* const wake_all)(PVOID) = WakeByAddressAll;
[[maybe_unused]] DWORD(WINAPI* const tls_alloc)() = TlsAlloc;
[[maybe_unused]] BOOL(WINAPI* const tls_free)(DWORD) = TlsFree;
[[maybe_unused]] PVOID(WINAPI* const tls_get)(DWORD) = TlsGetValue;
[[maybe_unused]] BOOL(WINAPI* const tls_set)(DWORD, PVOID) = TlsSetValue;

[[maybe_unused]] PTP_POOL(WINAPI* const create_pool)(PVOID) = CreateThreadpool;
[[maybe_unused]] void(WINAPI* const close_pool)(PTP_POOL) = CloseThreadpool;
[[maybe_unused]] BOOL(WINAPI* const set_minimum)(PTP_POOL, DWORD) = SetThreadpoolThreadMinimum;
[[maybe_unused]] void(WINAPI* const set_maximum)(PTP_POOL, DWORD) = SetThreadpoolThreadMaximum;
[[maybe_unused]] PTP_IO(WINAPI* const create_io)(HANDLE, PTP_WIN32_IO_CALLBACK, PVOID,
                                                 TP_CALLBACK_ENVIRON*) = CreateThreadpoolIo;
[[maybe_unused]] void(WINAPI* const start_io)(PTP_IO) = StartThreadpoolIo;
[[maybe_unused]] void(WINAPI* const cancel_announced)(PTP_IO) = CancelThreadpoolIo;
[[maybe_unused]] void(WINAPI* const wait_io)(PTP_IO, BOOL) = WaitForThreadpoolIoCallbacks;
[[maybe_unused]] void(WINAPI* const close_io)(PTP_IO) = CloseThreadpoolIo;
[[maybe_unused]] PTP_WORK(WINAPI* const create_work)(PTP_WORK_CALLBACK, PVOID,
                                                     TP_CALLBACK_ENVIRON*) = CreateThreadpoolWork;
[[maybe_unused]] void(WINAPI* const submit_work)(PTP_WORK) = SubmitThreadpoolWork;
[[maybe_unused]] void(WINAPI* const wait_work)(PTP_WORK, BOOL) = WaitForThreadpoolWorkCallbacks;
[[maybe_unused]] void(WINAPI* const close_work)(PTP_WORK) = CloseThreadpoolWork;
[[maybe_unused]] PTP_TIMER(WINAPI* const create_timer)(PTP_TIMER_CALLBACK, PVOID,
                                                       TP_CALLBACK_ENVIRON*) = CreateThreadpoolTimer;
[[maybe_unused]] void(WINAPI* const set_timer)(PTP_TIMER, FILETIME*, DWORD, DWORD) = SetThreadpoolTimer;
[[maybe_unused]] void(WINAPI* const wait_timer)(PTP_TIMER, BOOL) = WaitForThreadpoolTimerCallbacks;
[[maybe_unused]] void(WINAPI* const close_timer)(PTP_TIMER) = CloseThreadpoolTimer;
[[maybe_unused]] void(WINAPI* const disassociate)(PTP_CALLBACK_INSTANCE) = DisassociateCurrentThreadFromCallback;
[[maybe_unused]] BOOL(WINAPI* const may_run_long)(PTP_CALLBACK_INSTANCE) = CallbackMayRunLong;
[[maybe_unused]] void(WINAPI* const free_on_return)(PTP_CALLBACK_INSTANCE, HMODULE) = FreeLibraryWhenCallbackReturns;
[[maybe_unused]] BOOL(WINAPI* const try_submit)(PTP_SIMPLE_CALLBACK, PVOID,
                                                TP_CALLBACK_ENVIRON*) = TrySubmitThreadpoolCallback;
[[maybe_unused]] PTP_CLEANUP_GROUP(WINAPI* const create_group)() = CreateThreadpoolCleanupGroup;
[[maybe_unused]] void(WINAPI* const close_members)(PTP_CLEANUP_GROUP, BOOL, PVOID) = CloseThreadpoolCleanupGroupMembers;
[[maybe_unused]] void(WINAPI* const close_group)(PTP_CLEANUP_GROUP) = CloseThreadpoolCleanupGroup;
[[maybe_unused]] BOOL(WINAPI* const module_of)(DWORD, LPCWSTR, HMODULE*) = GetModuleHandleExW;
[[maybe_unused]] HMODULE(WINAPI* const load_library)(LPCWSTR, HANDLE, DWORD) = LoadLibraryExW;
[[maybe_unused]] BOOL(WINAPI* const free_library)(HMODULE) = FreeLibrary;
[[maybe_unused]] BOOL(WINAPI* const set_information)(HANDLE, DWORD, DWORD) = SetHandleInformation;
[[maybe_unused]] DWORD(WINAPI* const wait_for_single)(HANDLE, DWORD) = WaitForSingleObject;
[[maybe_unused]] void(WINAPI* const sleep)(DWORD) = Sleep;
[[maybe_unused]] void(WINAPI* const leave_library)(HMODULE, DWORD) = FreeLibraryAndExitThread;
static_assert(
    std::is_same_v<LPFN_ACCEPTEX, BOOL(WINAPI*)(SOCKET, SOCKET, PVOID, DWORD, DWORD, DWORD, DWORD*, OVERLAPPED*)>);
static_assert(
    std::is_same_v<LPFN_CONNECTEX, BOOL(WINAPI*)(SOCKET, const sockaddr*, int, PVOID, DWORD, DWORD*, OVERLAPPED*)>);
static_assert(std::is_same_v<LPTHREAD_START_ROUTINE, DWORD(WINAPI*)(LPVOID)>);
static_assert(std::is_same_v<PTP_SIMPLE_CALLBACK, VOID(CALLBACK*)(PTP_CALLBACK_INSTANCE, PVOID)>);
static_assert(std::is_same_v<PTP_CLEANUP_GROUP_CANCEL_CALLBACK, VOID(CALLBACK*)(PVOID, PVOID)>);
static_assert(std::is_same_v<PTP_WIN32_IO_CALLBACK,
                             VOID(CALLBACK*)(PTP_CALLBACK_INSTANCE, PVOID, PVOID, ULONG, ULONG_PTR, PTP_IO)>);
static_assert(std::is_same_v<PTP_WORK_CALLBACK, VOID(CALLBACK*)(PTP_CALLBACK_INSTANCE, PVOID, PTP_WORK)>);
static_assert(std::is_same_v<PTP_TIMER_CALLBACK, VOID(CALLBACK*)(PTP_CALLBACK_INSTANCE, PVOID, PTP_TIMER)>);
static_assert(std::is_same_v<PINIT_ONCE_FN, BOOL(CALLBACK*)(PINIT_ONCE, PVOID, PVOID*)>);

// These differ in the type of a pointer that the library always passes as nullptr, or in one that it
// converts to: the call is compared instead.

[[maybe_unused]] void calls(SOCKET socket, WSABUF* buffers, DWORD* count, OVERLAPPED* overlapped, u_long* argument,
                            fd_set* set, timeval* timeout, addrinfo** list, TP_CALLBACK_ENVIRON* environment,
                            INIT_ONCE* once, WSADATA* data, WSANETWORKEVENTS* events, IP_ADAPTER_ADDRESSES* adapters,
                            ULONG* size)
{
    static_assert(std::is_same_v<decltype(WSAEnumNetworkEvents(socket, HANDLE{}, events)), int>);
    static_assert(std::is_same_v<decltype(shutdown(socket, SD_SEND)), int>);
    static_assert(std::is_same_v<decltype(GetAdaptersAddresses(AF_UNSPEC, 0, nullptr, adapters, size)), ULONG>);
    static_assert(std::is_same_v<decltype(adapters->FirstUnicastAddress->Address), SOCKET_ADDRESS>);
    static_assert(std::is_same_v<decltype(SetThreadpoolCallbackLibrary(environment, PVOID{})), void>);
    static_assert(std::is_same_v<decltype(SetThreadpoolCallbackRunsLong(environment)), void>);
    static_assert(
        std::is_same_v<decltype(SetThreadpoolCallbackCleanupGroup(environment, PTP_CLEANUP_GROUP{}, nullptr)), void>);
    static_assert(
        std::is_same_v<decltype(CreateThread(nullptr, 0, LPTHREAD_START_ROUTINE{}, nullptr, 0, nullptr)), HANDLE>);
    static_assert(std::is_same_v<decltype(CreateEventW(nullptr, TRUE, FALSE, nullptr)), HANDLE>);
    static_assert(std::is_same_v<decltype(WSASocketW(AF_INET, SOCK_STREAM, IPPROTO_TCP, nullptr, 0, 1)), SOCKET>);
    static_assert(std::is_same_v<decltype(WSASend(socket, buffers, 1, count, 0, overlapped, nullptr)), int>);
    static_assert(std::is_same_v<decltype(WSARecv(socket, buffers, 1, count, count, overlapped, nullptr)), int>);
    static_assert(std::is_same_v<decltype(WSAEventSelect(socket, HANDLE{}, FD_ACCEPT)), int>);
    static_assert(std::is_same_v<decltype(ioctlsocket(socket, static_cast<long>(FIONBIO), argument)), int>);
    static_assert(std::is_same_v<decltype(select(0, nullptr, set, set, timeout)), int>);
    static_assert(std::is_same_v<decltype(WSAPoll(static_cast<WSAPOLLFD*>(nullptr), 1, 0)), int>);
    static_assert(std::is_same_v<decltype(accept(socket, nullptr, nullptr)), SOCKET>);
    static_assert(std::is_same_v<decltype(connect(socket, (*list)->ai_addr, 0)), int>);
    static_assert(std::is_same_v<decltype(bind(socket, (*list)->ai_addr, 0)), int>);
    static_assert(std::is_same_v<decltype(listen(socket, SOMAXCONN)), int>);
    static_assert(std::is_same_v<decltype(closesocket(socket)), int>);
    GUID names[] = {WSAID_ACCEPTEX, WSAID_CONNECTEX};
    static_assert(std::is_same_v<decltype(WSAIoctl(socket, SIO_GET_EXTENSION_FUNCTION_POINTER, names, sizeof names,
                                                   names, sizeof names, count, nullptr, nullptr)),
                                 int>);
    static_assert(std::is_same_v<decltype(getaddrinfo("", "", *list, list)), int>);
    static_assert(std::is_same_v<decltype(freeaddrinfo(*list)), void>);
    static_assert(std::is_same_v<decltype(inet_ntop(AF_INET, argument, nullptr, 0)), const char*>);
    static_assert(std::is_same_v<decltype(inet_pton(AF_INET6, "", argument)), int>);
    static_assert(std::is_same_v<decltype(htons(1)), WORD>);
    static_assert(std::is_same_v<decltype(ntohs(1)), WORD>);
    static_assert(std::is_same_v<decltype(WSAGetLastError()), int>);
    static_assert(std::is_same_v<decltype(WSASetLastError(1)), void>);
    static_assert(std::is_same_v<decltype(WSAStartup(MAKEWORD(2, 2), data)), int>);
    static_assert(std::is_same_v<decltype(InitializeThreadpoolEnvironment(environment)), void>);
    static_assert(std::is_same_v<decltype(SetThreadpoolCallbackPool(environment, PTP_POOL{})), void>);
    static_assert(std::is_same_v<decltype(DestroyThreadpoolEnvironment(environment)), void>);
    static_assert(std::is_same_v<decltype(InitOnceExecuteOnce(once, PINIT_ONCE_FN{}, nullptr, nullptr)), BOOL>);
}

static_assert(FORMAT_MESSAGE_FROM_SYSTEM == 0x1000 && FORMAT_MESSAGE_IGNORE_INSERTS == 0x200 &&
              FORMAT_MESSAGE_MAX_WIDTH_MASK == 0xff);
static_assert(MAKELANGID(LANG_ENGLISH, SUBLANG_ENGLISH_US) == 0x0409);
static_assert(ERROR_MR_MID_NOT_FOUND == 317 && ERROR_RESOURCE_LANG_NOT_FOUND == 1815);

} // namespace
