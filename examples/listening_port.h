/* The port that a socket is bound to, for the line that the echo servers print. */
#ifndef LISTENING_PORT_H
#define LISTENING_PORT_H

#ifdef _WIN32
#include <winsock2.h>

#include <ws2tcpip.h>
#define SYSTEM_SOCKET SOCKET
#else
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>
#define SYSTEM_SOCKET int
#endif

#include "c_pal/socket_handle.h"

static unsigned listening_port(SOCKET_HANDLE socket)
{
    struct sockaddr_in6 address = {0}; /* an IPv4 address fits too, and has its port in the same place */
    socklen_t length = sizeof address;
    if (getsockname((SYSTEM_SOCKET)socket, (struct sockaddr*)&address, &length) != 0) {
        return 0;
    }
    return ntohs(address.sin6_port);
}

#endif /* LISTENING_PORT_H */
