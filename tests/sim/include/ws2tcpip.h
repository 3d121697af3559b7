// The simulated Winsock, its name service: see windows.h beside this.
#pragma once

#include "winsock2.h"

struct in6_addr {
    unsigned char bytes[16];
};

struct sockaddr_in6 {
    std::int16_t sin6_family;
    std::uint16_t sin6_port;
    std::uint32_t sin6_flowinfo;
    in6_addr sin6_addr;
    std::uint32_t sin6_scope_id;
};

struct addrinfo {
    int ai_flags;
    int ai_family;
    int ai_socktype;
    int ai_protocol;
    std::size_t ai_addrlen;
    char* ai_canonname;
    sockaddr* ai_addr;
    addrinfo* ai_next;
};

int getaddrinfo(const char* node, const char* service, const addrinfo* hints, addrinfo** list);
void freeaddrinfo(addrinfo* list);
const char* inet_ntop(int family, const void* address, char* text, std::size_t size);
