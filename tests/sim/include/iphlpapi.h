// The simulated IP helper: see windows.h beside this. Of its structures only what the library reads.
#pragma once

#include "ws2tcpip.h"

#define GAA_FLAG_SKIP_ANYCAST 0x0002
#define GAA_FLAG_SKIP_MULTICAST 0x0004
#define GAA_FLAG_SKIP_DNS_SERVER 0x0008
#define GAA_FLAG_SKIP_FRIENDLY_NAME 0x0020
#define IF_TYPE_SOFTWARE_LOOPBACK 24

enum IF_OPER_STATUS { IfOperStatusUp = 1, IfOperStatusDown = 2 };

struct SOCKET_ADDRESS {
    sockaddr* lpSockaddr;
    int iSockaddrLength;
};

struct IP_ADAPTER_UNICAST_ADDRESS {
    IP_ADAPTER_UNICAST_ADDRESS* Next;
    SOCKET_ADDRESS Address;
};
using PIP_ADAPTER_UNICAST_ADDRESS = IP_ADAPTER_UNICAST_ADDRESS*;

struct IP_ADAPTER_ADDRESSES {
    IP_ADAPTER_ADDRESSES* Next;
    PIP_ADAPTER_UNICAST_ADDRESS FirstUnicastAddress;
    DWORD IfType;
    IF_OPER_STATUS OperStatus;
};
using PIP_ADAPTER_ADDRESSES = IP_ADAPTER_ADDRESSES*;

// ERROR_BUFFER_OVERFLOW: *size says how many bytes it takes.
ULONG GetAdaptersAddresses(ULONG family, ULONG flags, PVOID reserved, PIP_ADAPTER_ADDRESSES addresses, ULONG* size);
