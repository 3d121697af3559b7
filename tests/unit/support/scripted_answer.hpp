// What the system's resolver answers, as a test says. Included by force in front of the platform's resolve/look_up.cpp,
// which then asks this instead of the system.
#pragma once

#include <functional>

#ifdef _WIN32
#include "win32/system/win.hpp"
#else
#include <netdb.h>
#endif

namespace async_socket::test {

// The system's own, where no script is.
int scripted_getaddrinfo_for_lookups(const char* name, const char* service, const addrinfo* hints, addrinfo** list);

// While it lives, `answer` is what the system says, whoever asks.
class scripted_answer {
public:
    using function = std::function<int(const char* name, const char* service, const addrinfo* hints, addrinfo** list)>;

    explicit scripted_answer(function answer);
    ~scripted_answer();
    scripted_answer(const scripted_answer&) = delete;
    scripted_answer& operator=(const scripted_answer&) = delete;
};

// 127.0.0.1 with the ports 1, 2, ... `count`.
addrinfo* list_of_ports(int count);

} // namespace async_socket::test

#ifndef ASYNC_SOCKET_TEST_USES_THE_SYSTEMS_RESOLVER
#define getaddrinfo ::async_socket::test::scripted_getaddrinfo_for_lookups
#endif
