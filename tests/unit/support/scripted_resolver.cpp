#define ASYNC_SOCKET_TEST_USES_THE_SYSTEMS_RESOLVER
#include "support/scripted_resolver.hpp"

#include <cstdio>
#include <cstring>
#include <utility>

namespace async_socket::test {

namespace {

bool is_nameless = false;
std::function<void()> happens_meanwhile;

// The first address, with the second linked behind it: freeaddrinfo frees node by node.
int resolve_both(const char* first, const char* second, const char* service, const addrinfo* hints, addrinfo** list)
{
    addrinfo* head = nullptr;
    addrinfo* tail = nullptr;
    int error = getaddrinfo(first, service, hints, &head);
    if (error != 0) {
        return error;
    }
    error = getaddrinfo(second, service, hints, &tail);
    if (error != 0) {
        freeaddrinfo(head);
        return error;
    }
    addrinfo* last = head;
    while (last->ai_next != nullptr) {
        last = last->ai_next;
    }
    last->ai_next = tail;
    *list = head;
    return 0;
}

} // namespace

int scripted_getaddrinfo(const char* name, const char* service, const addrinfo* hints, addrinfo** list)
{
    if (happens_meanwhile) {
        happens_meanwhile();
    }
    if (std::strcmp(name, ipv6_then_ipv4) == 0) {
        return resolve_both("::1", "127.0.0.1", service, hints, list);
    }
    if (std::strcmp(name, ipv4_then_ipv6) == 0) {
        return resolve_both("127.0.0.1", "::1", service, hints, list);
    }
    return getaddrinfo(*name == '\0' ? "127.0.0.1" : name, service, hints, list);
}

while_resolving::while_resolving(std::function<void()> happens)
{
    happens_meanwhile = std::move(happens);
}

while_resolving::~while_resolving()
{
    happens_meanwhile = nullptr;
}

nameless_machine::nameless_machine()
{
    is_nameless = true;
}

nameless_machine::~nameless_machine()
{
    is_nameless = false;
}

} // namespace async_socket::test

int scripted_gethostname(char* name, std::size_t size)
{
    using namespace async_socket::test;
    if (is_nameless) {
        return std::snprintf(name, size, "%s", nameless_machine::name) < static_cast<int>(size) ? 0 : -1;
    }
#ifdef _WIN32
    return gethostname(name, static_cast<int>(size));
#else
    return gethostname(name, size);
#endif
}
