// The simulated Winsock, its extensions: see windows.h beside this. They are had by WSAIoctl only.
#pragma once

#include "winsock2.h"

#define SIO_GET_EXTENSION_FUNCTION_POINTER 0xc8000006
#define SO_UPDATE_ACCEPT_CONTEXT 0x700b
#define SO_UPDATE_CONNECT_CONTEXT 0x7010
#define WSAID_ACCEPTEX                                     \
    {                                                      \
        0xb5367df1, 0xcbac, 0x11cf,                        \
        {                                                  \
            0x95, 0xca, 0x00, 0x80, 0x5f, 0x48, 0xa1, 0x92 \
        }                                                  \
    }
#define WSAID_CONNECTEX                                    \
    {                                                      \
        0x25a207b9, 0xddf3, 0x4660,                        \
        {                                                  \
            0x8e, 0xe9, 0x76, 0xe5, 0x8c, 0x74, 0x06, 0x3e \
        }                                                  \
    }

using LPFN_ACCEPTEX = BOOL(WINAPI*)(SOCKET listener, SOCKET accepting, PVOID room, DWORD data_size, DWORD local_size,
                                    DWORD remote_size, LPDWORD received, LPOVERLAPPED overlapped);
using LPFN_CONNECTEX = BOOL(WINAPI*)(SOCKET number, const sockaddr* address, int length, PVOID data, DWORD size,
                                     LPDWORD sent, LPOVERLAPPED overlapped);
