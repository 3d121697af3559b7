// A resolver that knows names with several addresses, whatever names the machine knows. Included in
// front of the platform's transport_connect.cpp, which then asks it instead of the system.
#pragma once

#ifdef _WIN32
#include "win32/system/win.hpp"
#else
#include <netdb.h>
#endif

namespace async_socket::test {

// ::1, then 127.0.0.1; and the other way round. Every other name goes to the system.
constexpr const char* ipv6_then_ipv4 = "ipv6-then-ipv4.test";
constexpr const char* ipv4_then_ipv6 = "ipv4-then-ipv6.test";

int scripted_getaddrinfo(const char* name, const char* service, const addrinfo* hints, addrinfo** list);

} // namespace async_socket::test

#ifndef ASYNC_SOCKET_TEST_USES_THE_SYSTEMS_RESOLVER
#define getaddrinfo ::async_socket::test::scripted_getaddrinfo
#endif
