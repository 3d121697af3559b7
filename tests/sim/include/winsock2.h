// The simulated Winsock: see windows.h beside this.
#pragma once

// libc's types of these names differ in width or shape. Its own header comes first, so that the
// macros below do not change it.
#include <sys/types.h>

#include "windows.h"

#define u_long sim_u_long
#define fd_set sim_fd_set
#define timeval sim_timeval
#undef FD_ZERO
#undef FD_SET
#undef FD_ISSET
#undef FD_CLR
#undef POLLERR
#undef POLLHUP
#undef POLLRDNORM
#undef POLLWRNORM
#define POLLERR 0x0001
#define POLLHUP 0x0002
#define POLLWRNORM 0x0010
#define POLLRDNORM 0x0100
#undef FD_SETSIZE

using u_long = std::uint32_t;
using SOCKET = UINT_PTR;

#define INVALID_SOCKET (~static_cast<SOCKET>(0))
#define SOCKET_ERROR (-1)

#define WSAEACCES 10013
#define WSAEFAULT 10014
#define WSAEINVAL 10022
#define WSAEMFILE 10024
#define WSAEWOULDBLOCK 10035
#define WSAEINPROGRESS 10036
#define WSAENOTSOCK 10038
#define WSAEMSGSIZE 10040
#define WSAENOPROTOOPT 10042
#define WSAEOPNOTSUPP 10045
#define WSAEAFNOSUPPORT 10047
#define WSAEADDRINUSE 10048
#define WSAEADDRNOTAVAIL 10049
#define WSAENETDOWN 10050
#define WSAENETUNREACH 10051
#define WSAENETRESET 10052
#define WSAECONNABORTED 10053
#define WSAECONNRESET 10054
#define WSAENOBUFS 10055
#define WSAENOTCONN 10057
#define WSAESHUTDOWN 10058
#define WSAETIMEDOUT 10060
#define WSAECONNREFUSED 10061
#define WSAEHOSTUNREACH 10065
#define WSASYSNOTREADY 10091
#define WSATYPE_NOT_FOUND 10109
#define WSAHOST_NOT_FOUND 11001
#define WSATRY_AGAIN 11002
#define WSANO_DATA 11004
#define WSA_IO_PENDING ERROR_IO_PENDING
#define WSA_OPERATION_ABORTED ERROR_OPERATION_ABORTED
#define WSA_NOT_ENOUGH_MEMORY ERROR_NOT_ENOUGH_MEMORY

#define AF_UNSPEC 0
#define AF_INET 2
#define AF_INET6 23
#define SOCK_STREAM 1
#define SOCK_DGRAM 2
#define IPPROTO_TCP 6
#define IPPROTO_IPV6 41
#define IPV6_V6ONLY 27
#define TCP_NODELAY 0x0001
#define SOL_SOCKET 0xffff
#define SO_KEEPALIVE 0x0008
#define SO_LINGER 0x0080
#define SO_SNDBUF 0x1001
#define SO_RCVBUF 0x1002
#define SO_ERROR 0x1007
#define SO_PROTOCOL_INFOW 0x2005
#define XP1_IFS_HANDLES 0x00020000
#define SD_RECEIVE 0
#define SD_SEND 1
#define SD_BOTH 2
#define SO_EXCLUSIVEADDRUSE (~4)
#define SOMAXCONN 0x7fffffff
#define FIONBIO 0x8004667e
#define FIONREAD 0x4004667f
#define FD_ACCEPT 8
#define FD_CONNECT 16
#define FD_CONNECT_BIT 4
#define FD_MAX_EVENTS 10
#define WSA_FLAG_OVERLAPPED 0x01
#define WSA_FLAG_NO_HANDLE_INHERIT 0x80

struct WSABUF {
    u_long len;
    char* buf;
};
using LPWSABUF = WSABUF*;

struct WSADATA {
    WORD wVersion;
    WORD wHighVersion;
};

struct sockaddr {
    std::uint16_t sa_family;
    char sa_data[14];
};

struct in_addr {
    std::uint32_t s_addr;
};

struct sockaddr_in {
    std::int16_t sin_family;
    std::uint16_t sin_port;
    in_addr sin_addr;
    char sin_zero[8];
};

struct linger {
    std::uint16_t l_onoff;
    std::uint16_t l_linger; // seconds
};

struct WSANETWORKEVENTS {
    std::int32_t lNetworkEvents;
    int iErrorCode[FD_MAX_EVENTS];
};
using LPWSANETWORKEVENTS = WSANETWORKEVENTS*;

struct GUID {
    std::uint32_t first;
    std::uint16_t second;
    std::uint16_t third;
    unsigned char bytes[8];
};

struct WSAPROTOCOLCHAIN {
    int ChainLen;
    DWORD ChainEntries[7];
};

struct WSAPROTOCOL_INFOW {
    DWORD dwServiceFlags1;
    DWORD dwServiceFlags2;
    DWORD dwServiceFlags3;
    DWORD dwServiceFlags4;
    DWORD dwProviderFlags;
    GUID ProviderId;
    DWORD dwCatalogEntryId;
    WSAPROTOCOLCHAIN ProtocolChain;
    int iVersion;
    int iAddressFamily;
    int iMaxSockAddr;
    int iMinSockAddr;
    int iSocketType;
    int iProtocol;
    int iProtocolMaxOffset;
    int iNetworkByteOrder;
    int iSecurityScheme;
    DWORD dwMessageSize;
    DWORD dwProviderReserved;
    char16_t szProtocol[256]; // wchar_t has 32 bits here
};

struct timeval {
    long tv_sec;
    long tv_usec;
};

struct fd_set {
    unsigned fd_count;
    SOCKET fd_array[64];
};

struct WSAPOLLFD {
    SOCKET fd;
    std::int16_t events;
    std::int16_t revents;
};

#define FD_ZERO(set) ((set)->fd_count = 0)

int WSAStartup(WORD version, WSADATA* data);
int WSAGetLastError();
void WSASetLastError(int code);
SOCKET WSASocketW(int family, int type, int protocol, void* info, unsigned group, DWORD flags);
int closesocket(SOCKET number);
int WSASend(SOCKET number, LPWSABUF buffers, DWORD count, LPDWORD sent, DWORD flags, LPOVERLAPPED overlapped,
            void* routine);
int WSARecv(SOCKET number, LPWSABUF buffers, DWORD count, LPDWORD received, LPDWORD flags, LPOVERLAPPED overlapped,
            void* routine);
int WSAIoctl(SOCKET number, DWORD command, LPVOID in, DWORD in_size, LPVOID out, DWORD out_size, LPDWORD written,
             LPOVERLAPPED overlapped, void* routine);
int WSAEventSelect(SOCKET number, HANDLE event, long events);
int WSAEnumNetworkEvents(SOCKET number, HANDLE given, LPWSANETWORKEVENTS found);
int shutdown(SOCKET number, int how);
int ioctlsocket(SOCKET number, long command, u_long* argument);
int getsockopt(SOCKET number, int level, int option, char* value, int* length);
int setsockopt(SOCKET number, int level, int option, const char* value, int length);
int getsockname(SOCKET number, sockaddr* address, int* length);
int getpeername(SOCKET number, sockaddr* address, int* length);
int bind(SOCKET number, const sockaddr* address, int length);
int listen(SOCKET number, int backlog);
SOCKET accept(SOCKET number, sockaddr* address, int* length);
int connect(SOCKET number, const sockaddr* address, int length);
int select(int ignored, fd_set* readable, fd_set* writable, fd_set* failed, timeval* timeout);
int WSAPoll(WSAPOLLFD* asked, ULONG count, int timeout);
int gethostname(char* name, int length);
std::uint16_t htons(std::uint16_t value);
std::uint16_t ntohs(std::uint16_t value);
