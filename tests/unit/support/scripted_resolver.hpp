// A resolver that knows names with several addresses, whatever names the machine knows; and a machine whose own
// name can be one that no resolver knows. Included in front of the platform's transport_connect.cpp and
// local_addresses.cpp, which then ask it instead of the system.
#pragma once

#include <cstddef>
#include <functional>

#ifdef _WIN32
#include "win32/system/win.hpp"
#else
#include <netdb.h>
#include <unistd.h>
#endif

namespace async_socket::test {

// ::1, then 127.0.0.1; and the other way round. No name at all is this machine, as Windows has it. Every
// other name goes to the system.
constexpr const char* ipv6_then_ipv4 = "ipv6-then-ipv4.test";
constexpr const char* ipv4_then_ipv6 = "ipv4-then-ipv6.test";

int scripted_getaddrinfo(const char* name, const char* service, const addrinfo* hints, addrinfo** list);

// While one of these lives, whoever resolves a name has this happen meanwhile.
class while_resolving {
public:
    explicit while_resolving(std::function<void()> happens);
    ~while_resolving();
    while_resolving(const while_resolving&) = delete;
    while_resolving& operator=(const while_resolving&) = delete;
};

// While one of these lives, the machine has a name that does not resolve.
class nameless_machine {
public:
    static constexpr const char* name = "nobody-knows-me.invalid";

    nameless_machine();
    ~nameless_machine();
    nameless_machine(const nameless_machine&) = delete;
    nameless_machine& operator=(const nameless_machine&) = delete;
};

} // namespace async_socket::test

// Global, since the one may be called with its namespace named.
int scripted_gethostname(char* name, std::size_t size);

#ifndef ASYNC_SOCKET_TEST_USES_THE_SYSTEMS_RESOLVER
#define getaddrinfo ::async_socket::test::scripted_getaddrinfo
#define gethostname scripted_gethostname
#endif
