// The simulated Winsock, its name service: see windows.h beside this.
#pragma once

#include "winsock2.h"

#define AI_PASSIVE 0x1
#define AI_NUMERICHOST 0x4

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

struct sockaddr_storage {
    std::uint16_t ss_family;
    char padding[6];
    std::uint64_t rest[15];
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
// 1; 0 if the text is no address; -1 and WSAEAFNOSUPPORT for another family.
int inet_pton(int family, const char* text, void* address);
const char* inet_ntop(int family, const void* address, char* text, std::size_t size);
