// How a socket comes to a connection: names, connect, listen, accept, options.
#include <algorithm>
#include <cstddef>
#include <cstdio>
#include <cstring>
#include <string_view>
#include <utility>

#include "iphlpapi.h"
#include "model/breach.hpp"
#include "model/connection.hpp"
#include "model/event.hpp"
#include "model/machine.hpp"
#include "model/network.hpp"
#include "model/thread.hpp"

// libc's own, under other names: those that they have there are the simulated Windows' here.
extern "C" {
int libc_inet_pton(int family, const char* text, void* address) __asm__("inet_pton");
const char* libc_inet_ntop(int family, const void* address, char* text, unsigned size) __asm__("inet_ntop");
}

namespace sim {

namespace {

constexpr std::uint64_t most_connect_ms = 50;
constexpr int libc_ipv6 = 10; // AF_INET6 of Linux

int succeed() noexcept
{
    disturb_last_error();
    return 0;
}

void connect_to_new_peer(tcp_socket& socket)
{
    auto stream = std::make_unique<connection>();
    stream->id = static_cast<std::uint32_t>(the_machine().connections.size());
    socket.stream = stream.get();
    the_machine().connections.push_back(std::move(stream));
}

// Whether a connect that was begun has come to its end by now.
bool has_ended(tcp_socket& socket)
{
    if (!socket.connecting || now_ms() < socket.connect_end) {
        return !socket.connecting;
    }
    socket.connecting = false;
    if (socket.connect_error == NO_ERROR) {
        connect_to_new_peer(socket);
    }
    tell_event(socket, FD_CONNECT);
    return true;
}

int get_number(int number, char* value, const int* length) noexcept
{
    if (*length != static_cast<int>(sizeof number)) {
        breach("getsockopt: room for %d bytes", *length);
    }
    std::memcpy(value, &number, sizeof number);
    return succeed();
}

template <typename T>
int get_structure(const T& structure, char* value, int* length) noexcept
{
    if (*length < static_cast<int>(sizeof structure)) {
        return refuse(WSAEFAULT);
    }
    std::memcpy(value, &structure, sizeof structure);
    *length = static_cast<int>(sizeof structure);
    return succeed();
}

int family_of(char letter) noexcept
{
    if (letter == of_another_family) {
        return 99;
    }
    return letter == is_ipv6 || letter == too_long_to_print ? AF_INET6 : AF_INET;
}

// What an adapter's address is, by its letter.
void write_address(char letter, int family, sockaddr& address) noexcept
{
    address.sa_family = static_cast<std::uint16_t>(family);
    if (family == AF_INET) {
        (void)libc_inet_pton(AF_INET, "127.0.0.1", &reinterpret_cast<sockaddr_in&>(address).sin_addr);
    } else if (family == AF_INET6) {
        (void)libc_inet_pton(libc_ipv6, letter == too_long_to_print ? "2001:db8:1111:2222:3333:4444:5555:6666" : "::1",
                             &reinterpret_cast<sockaddr_in6&>(address).sin6_addr);
    }
}

bool is_in(const fd_set* set, SOCKET number) noexcept
{
    for (unsigned i = 0; set != nullptr && i < set->fd_count; ++i) {
        if (set->fd_array[i] == number) {
            return true;
        }
    }
    return false;
}

} // namespace

tcp_socket* find_socket(SOCKET number) noexcept
{
    return the_machine().handles.find<tcp_socket>(reinterpret_cast<HANDLE>(number));
}

tcp_socket& socket_of(SOCKET number, const char* call) noexcept
{
    tcp_socket* const found = find_socket(number);
    if (found == nullptr) {
        breach("%s: %llu is not a socket, or closed before", call, static_cast<unsigned long long>(number));
    }
    return *found;
}

int refuse(DWORD code) noexcept
{
    fail_with(code);
    return SOCKET_ERROR;
}

bool peer_connects(bool lost)
{
    const system_call here("(a peer connects)");
    for (std::uintptr_t number = 4; number < 400; number += 4) {
        tcp_socket* const socket = find_socket(number);
        if (socket == nullptr || !socket->listening) {
            continue;
        }
        ++socket->backlog;
        if (!lost) {
            tell_event(*socket, FD_ACCEPT);
        }
        return true;
    }
    return false;
}

void tell_event(tcp_socket& socket, long what) noexcept
{
    if (socket.event != nullptr && (socket.event_mask & what) != 0) {
        socket.events |= what;
        if (event* const told = the_machine().handles.find<event>(socket.event)) { // it may be closed before the socket
            set_event(*told);
        }
    }
}

std::uint64_t end_connects() noexcept
{
    std::uint64_t next = for_ever;
    for (std::uintptr_t number = 4; number < 400; number += 4) {
        tcp_socket* const socket = find_socket(number);
        if (socket != nullptr && !has_ended(*socket)) {
            next = std::min(next, socket->connect_end);
        }
    }
    return next;
}

} // namespace sim

using namespace sim;

int WSAStartup(WORD, WSADATA*)
{
    const system_call here("WSAStartup");
    return static_cast<int>(fault("WSAStartup", {WSASYSNOTREADY}));
}

SOCKET WSASocketW(int family, int type, int, void*, unsigned, DWORD flags)
{
    const system_call here("WSASocketW", static_cast<std::uint64_t>(family));
    if ((flags & WSA_FLAG_OVERLAPPED) == 0) {
        breach("WSASocketW: such a socket cannot be bound to a pool");
    }
    if (const DWORD code = fault("WSASocketW", {WSAEMFILE, WSAENOBUFS, WSAEAFNOSUPPORT})) {
        fail_with(code);
        return INVALID_SOCKET;
    }
    auto fresh = std::make_unique<tcp_socket>();
    fresh->family = family;
    fresh->type = type;
    fresh->inheritable = (flags & WSA_FLAG_NO_HANDLE_INHERIT) == 0;
    disturb_last_error();
    return reinterpret_cast<SOCKET>(the_machine().handles.add(std::move(fresh)));
}

int ioctlsocket(SOCKET number, long command, u_long* argument)
{
    const system_call here("ioctlsocket", number);
    tcp_socket* const socket = find_socket(number);
    if (socket == nullptr) {
        return refuse(WSAENOTSOCK); // whoever only asks may come too late
    }
    if (const DWORD code = fault("ioctlsocket", {WSAENETDOWN})) {
        return refuse(code);
    }
    if (command == static_cast<long>(FIONREAD)) {
        const connection* const stream = socket->stream;
        *argument = stream == nullptr || stream->reset ? 0 : static_cast<u_long>(stream->arrived - stream->consumed);
        return succeed();
    }
    if (*argument == 0 && socket->event != nullptr) {
        return refuse(WSAEINVAL); // still tied to an event
    }
    socket->non_blocking = *argument != 0;
    return succeed();
}

int WSAEventSelect(SOCKET number, HANDLE event, long events)
{
    const system_call here("WSAEventSelect", number);
    tcp_socket& socket = socket_of(number, "WSAEventSelect");
    if (const DWORD code = fault("WSAEventSelect", {WSAENETDOWN})) {
        return refuse(code);
    }
    socket.event = events == 0 ? nullptr : event;
    socket.event_mask = events;
    socket.events = 0;
    socket.non_blocking = true;
    return succeed();
}

int WSAEnumNetworkEvents(SOCKET number, HANDLE given, LPWSANETWORKEVENTS found)
{
    const system_call here("WSAEnumNetworkEvents", number);
    tcp_socket& socket = socket_of(number, "WSAEnumNetworkEvents");
    if (const DWORD code = fault("WSAEnumNetworkEvents", {WSAENETDOWN})) {
        return refuse(code);
    }
    (void)has_ended(socket);
    *found = {};
    found->lNetworkEvents = static_cast<std::int32_t>(std::exchange(socket.events, 0));
    if ((found->lNetworkEvents & FD_CONNECT) != 0) {
        found->iErrorCode[FD_CONNECT_BIT] = static_cast<int>(socket.connect_error);
    }
    if (given != nullptr) {
        the_machine().handles.find<event>(given)->is_set = false;
    }
    return succeed();
}

int shutdown(SOCKET number, int how)
{
    const system_call here("shutdown", number, static_cast<std::uint64_t>(how));
    tcp_socket& socket = socket_of(number, "shutdown");
    if (socket.stream == nullptr) {
        return refuse(WSAENOTCONN);
    }
    if (const DWORD code = fault("shutdown", {WSAENOTCONN, WSAENETDOWN})) {
        return refuse(code);
    }
    if (how == SD_RECEIVE) {
        breach("shutdown: of the receiving side is not simulated");
    }
    socket.stream->own_end = true;
    return succeed();
}

// Those of TCP that are newer than the others (system_socket.cpp).
static bool is_unknown(int level, int option)
{
    return level == IPPROTO_TCP && option != TCP_NODELAY && the_machine().how.wine &&
           the_machine().how.wine_version < 10;
}

int setsockopt(SOCKET number, int level, int option, const char* value, int length)
{
    const system_call here("setsockopt", number);
    tcp_socket& socket = socket_of(number, "setsockopt");
    if (const DWORD code = fault("setsockopt", {WSAENOPROTOOPT})) {
        return refuse(code);
    }
    if (level == SOL_SOCKET && option == SO_LINGER) {
        if (length != static_cast<int>(sizeof socket.how_it_closes)) {
            return refuse(WSAEFAULT);
        }
        std::memcpy(&socket.how_it_closes, value, sizeof socket.how_it_closes);
        return succeed();
    }
    if (is_unknown(level, option)) {
        return refuse(WSAENOPROTOOPT);
    }
    DWORD& kept = socket.options[{level, option}];
    std::memcpy(&kept, value, std::min(sizeof kept, static_cast<std::size_t>(length)));
    return succeed();
}

int getsockopt(SOCKET number, int level, int option, char* value, int* length)
{
    const system_call here("getsockopt", number, static_cast<std::uint64_t>(option));
    tcp_socket* const socket = find_socket(number);
    if (socket == nullptr) {
        return refuse(WSAENOTSOCK); // a user's mistake, which an open may ask about
    }
    if (const DWORD code = fault("getsockopt", {WSAENETDOWN})) {
        return refuse(code);
    }
    if (is_unknown(level, option)) {
        return refuse(WSAENOPROTOOPT);
    }
    if (const auto kept = socket->options.find({level, option}); kept != socket->options.end()) {
        return get_structure(kept->second, value, length);
    }
    if (level != SOL_SOCKET) {
        breach("getsockopt: not simulated");
    }
    WSAPROTOCOL_INFOW provider{};
    switch (option) {
    case SO_ERROR:
        return get_number(static_cast<int>(socket->refused_silently ? NO_ERROR : socket->connect_error), value, length);
    case SO_LINGER:
        return get_structure(socket->how_it_closes, value, length);
    case SO_PROTOCOL_INFOW:
        provider.dwServiceFlags1 = the_machine().how.layered_provider ? 0 : XP1_IFS_HANDLES;
        provider.iSocketType = socket->type;
        provider.iProtocol = IPPROTO_TCP;
        return get_structure(provider, value, length);
    default:
        breach("getsockopt: option %x is not simulated", static_cast<unsigned>(option));
    }
}

// 127.0.0.1, with the connection's number as the peer's port.
static int get_name(SOCKET number, const char* call, std::uint16_t port, sockaddr* address, int* length)
{
    if (socket_of(number, call).stream == nullptr || socket_of(number, call).stream->reset) {
        return refuse(WSAENOTCONN);
    }
    if (const DWORD code = fault(call, {WSAENETDOWN})) {
        return refuse(code);
    }
    sockaddr_in name{};
    name.sin_family = AF_INET;
    name.sin_port = htons(port);
    name.sin_addr.s_addr = 0x0100007F;
    if (*length < static_cast<int>(sizeof name)) {
        return refuse(WSAEFAULT);
    }
    std::memcpy(address, &name, sizeof name);
    *length = sizeof name;
    return succeed();
}

int getsockname(SOCKET number, sockaddr* address, int* length)
{
    const system_call here("getsockname", number);
    return get_name(number, "getsockname", 1, address, length);
}

int getpeername(SOCKET number, sockaddr* address, int* length)
{
    const system_call here("getpeername", number);
    const connection* const stream = socket_of(number, "getpeername").stream;
    const auto port = static_cast<std::uint16_t>(stream != nullptr ? 1000 + stream->id : 0);
    return get_name(number, "getpeername", port, address, length);
}

int bind(SOCKET number, const sockaddr* address, int)
{
    const system_call here("bind", number);
    tcp_socket& socket = socket_of(number, "bind");
    if (const DWORD code = fault("bind", {WSAEADDRINUSE, WSAENOBUFS, WSAEADDRNOTAVAIL})) {
        return refuse(code);
    }
    if (address->sa_family != socket.family) { // as documented; Wine 8 says 10045 or 10022
        return refuse(WSAEFAULT);
    }
    socket.is_bound = true;
    return succeed();
}

int listen(SOCKET number, int)
{
    const system_call here("listen", number);
    tcp_socket& socket = socket_of(number, "listen");
    if (const DWORD code = fault("listen", {WSAEADDRINUSE, WSAENOBUFS})) {
        return refuse(code);
    }
    if (!socket.is_bound) {
        return refuse(WSAEINVAL);
    }
    socket.listening = true;
    return succeed();
}

SOCKET accept(SOCKET number, sockaddr*, int*)
{
    const system_call here("accept", number);
    tcp_socket& listener = socket_of(number, "accept");
    DWORD error = listener.listening ? NO_ERROR : WSAEINVAL;
    if (error == NO_ERROR) {
        error = fault("accept", {WSAENOBUFS, WSAEINPROGRESS, WSAECONNRESET, WSAEMFILE});
    }
    if (error == NO_ERROR && listener.backlog == 0) {
        if (!listener.non_blocking) {
            breach("accept: would block for ever");
        }
        error = WSAEWOULDBLOCK;
    }
    if (error != NO_ERROR) {
        fail_with(error);
        return INVALID_SOCKET;
    }
    --listener.backlog;
    auto accepted = std::make_unique<tcp_socket>();
    accepted->non_blocking = listener.non_blocking; // all of these are inherited
    accepted->event = listener.event;
    accepted->event_mask = listener.event_mask;
    accepted->how_it_closes = listener.how_it_closes;
    accepted->inheritable = true; // whatever the listener is
    connect_to_new_peer(*accepted);
    disturb_last_error();
    return reinterpret_cast<SOCKET>(the_machine().handles.add(std::move(accepted)));
}

int connect(SOCKET number, const sockaddr* address, int)
{
    const system_call here("connect", number, static_cast<std::uint64_t>(address->sa_data[0]));
    tcp_socket& socket = socket_of(number, "connect");
    if (const DWORD code = fault("connect", {WSAENOBUFS, WSAECONNREFUSED, WSAETIMEDOUT})) {
        return refuse(code);
    }
    const char answer = address->sa_data[0];
    if (answer == answers_at_once || answer == is_ipv6) {
        connect_to_new_peer(socket);
        tell_event(socket, FD_CONNECT);
        return succeed();
    }
    if (!socket.non_blocking) {
        breach("connect: would block");
    }
    socket.connecting = true;
    socket.refused_silently = answer == refuses_silently;
    socket.connect_error = answer == refuses || answer == refuses_silently ? WSAECONNREFUSED : NO_ERROR;
    socket.connect_end = answer == never_answers ? for_ever : now_ms() + the_machine().dice.below(most_connect_ms);
    return refuse(WSAEWOULDBLOCK);
}

int select(int, fd_set* readable, fd_set* writable, fd_set* failed, timeval* timeout)
{
    const SOCKET number = writable->fd_array[0];
    const system_call here("select", number);
    if (readable != nullptr || writable->fd_count != 1 || !is_in(failed, number) || timeout == nullptr) {
        breach("select: only the end of one connect is simulated");
    }
    if (const DWORD code = fault("select", {WSAENOBUFS, WSAEINVAL})) {
        return refuse(code);
    }
    tcp_socket& socket = socket_of(number, "select");
    const std::uint64_t end = now_ms() + static_cast<std::uint64_t>(timeout->tv_sec * 1000 + timeout->tv_usec / 1000);
    while (!has_ended(socket)) {
        if (now_ms() >= end) {
            writable->fd_count = 0;
            failed->fd_count = 0;
            return 0;
        }
        (void)wait(&socket, std::min(end, socket.connect_end));
    }
    const bool good = socket.connect_error == NO_ERROR;
    writable->fd_count = good ? 1 : 0;
    failed->fd_count = good ? 0 : 1;
    disturb_last_error();
    return 1;
}

// A name spells what its addresses do, one letter each (network.hpp).
namespace {

struct address_entry {
    addrinfo info;
    sockaddr_in6 address;
};

bool is_name(const char* node) noexcept
{
    return node != nullptr && *node != is_notation;
}

// What the name service says of a host, before any address is looked at; a slow one later.
DWORD ask_for_name(const char* node, const addrinfo& hints) noexcept
{
    if (const DWORD code = fault("getaddrinfo", {WSAHOST_NOT_FOUND, WSATRY_AGAIN, WSA_NOT_ENOUGH_MEMORY})) {
        return code;
    }
    if (!is_name(node)) {
        return NO_ERROR;
    }
    if (*node == not_found || (hints.ai_flags & AI_NUMERICHOST) != 0) {
        return WSAHOST_NOT_FOUND;
    }
    if (*node == is_slow) {
        static const char nobody_wakes_it = 0;
        ++the_machine().lookups_inside;
        (void)wait(&nobody_wakes_it, now_ms() + slow_name_ms);
        --the_machine().lookups_inside;
    }
    return NO_ERROR;
}

addrinfo* list_of(const char* letters, int family)
{
    addrinfo* list = nullptr;
    addrinfo** next = &list;
    for (const char* letter = letters; *letter != '\0'; ++letter) {
        if (family != AF_UNSPEC && family != family_of(*letter)) {
            continue;
        }
        auto* const fresh = new address_entry{};
        fresh->info.ai_family = family_of(*letter);
        fresh->info.ai_socktype = SOCK_STREAM;
        fresh->info.ai_protocol = IPPROTO_TCP;
        fresh->info.ai_addrlen = fresh->info.ai_family == AF_INET6 ? sizeof(sockaddr_in6) : sizeof(sockaddr_in);
        fresh->info.ai_addr = reinterpret_cast<sockaddr*>(&fresh->address);
        fresh->info.ai_addr->sa_family = static_cast<std::uint16_t>(fresh->info.ai_family);
        fresh->info.ai_addr->sa_data[0] = *letter;
        *next = &fresh->info;
        next = &fresh->info.ai_next;
    }
    return list;
}

} // namespace

int getaddrinfo(const char* node, const char* service, const addrinfo* hints, addrinfo** list)
{
    const system_call here("getaddrinfo");
    if (node == nullptr && ((hints->ai_flags & AI_PASSIVE) == 0 || service == nullptr)) {
        breach("getaddrinfo: no host, and nobody who listens at a port");
    }
    DWORD code = ask_for_name(node, *hints);
    if (code == NO_ERROR) {
        const char* const letters = node == nullptr ? "a" : node + (*node == is_notation || *node == is_slow ? 1 : 0);
        *list = list_of(letters, hints->ai_family);
        code = *list != nullptr ? NO_ERROR : WSANO_DATA;
    }
    the_machine().address_lists += code == NO_ERROR ? 1 : 0;
    if (code != NO_ERROR) {
        fail_with(code);
    }
    return static_cast<int>(code);
}

void freeaddrinfo(addrinfo* list)
{
    const system_call here("freeaddrinfo");
    while (list != nullptr) {
        addrinfo* const next = list->ai_next;
        delete reinterpret_cast<address_entry*>(list);
        list = next;
    }
    --the_machine().address_lists;
    disturb_last_error();
}

// An adapter is a letter, too, and has one address.
ULONG GetAdaptersAddresses(ULONG, ULONG, PVOID, PIP_ADAPTER_ADDRESSES addresses, ULONG* size)
{
    const system_call here("GetAdaptersAddresses", *size);
    struct entry {
        IP_ADAPTER_ADDRESSES adapter;
        IP_ADAPTER_UNICAST_ADDRESS unicast;
        sockaddr_in6 address;
    };
    if (const DWORD code = fault("GetAdaptersAddresses", {ERROR_NOT_ENOUGH_MEMORY, ERROR_NO_DATA})) {
        return code;
    }
    const std::string_view adapters = the_machine().adapters;
    if (adapters.empty()) {
        return ERROR_NO_DATA;
    }
    const auto needed = static_cast<ULONG>(adapters.size() * sizeof(entry));
    if (addresses == nullptr || *size < needed) {
        *size = needed;
        return ERROR_BUFFER_OVERFLOW;
    }
    auto* const entries = reinterpret_cast<entry*>(addresses);
    for (std::size_t i = 0; i < adapters.size(); ++i) {
        entry& fresh = entries[i];
        fresh = {};
        const int family = family_of(adapters[i]);
        fresh.adapter.Next = i + 1 < adapters.size() ? &entries[i + 1].adapter : nullptr;
        fresh.adapter.FirstUnicastAddress = &fresh.unicast;
        fresh.adapter.IfType = adapters[i] == is_loopback ? IF_TYPE_SOFTWARE_LOOPBACK : 6;
        fresh.adapter.OperStatus = adapters[i] == is_down ? IfOperStatusDown : IfOperStatusUp;
        fresh.unicast.Address = {reinterpret_cast<sockaddr*>(&fresh.address),
                                 static_cast<int>(family == AF_INET6 ? sizeof(sockaddr_in6) : sizeof(sockaddr_in))};
        write_address(adapters[i], family, *fresh.unicast.Address.lpSockaddr);
    }
    return NO_ERROR;
}

int gethostname(char* name, int length)
{
    const system_call here("gethostname");
    if (const DWORD code = fault("gethostname", {WSAENETDOWN})) {
        return refuse(code);
    }
    (void)std::snprintf(name, static_cast<std::size_t>(length), "%s", the_machine().host_name);
    return succeed();
}

int inet_pton(int family, const char* text, void* address)
{
    if (family != AF_INET && family != AF_INET6) {
        fail_with(WSAEAFNOSUPPORT);
        return -1;
    }
    return libc_inet_pton(family == AF_INET6 ? libc_ipv6 : AF_INET, text, address);
}

const char* inet_ntop(int family, const void* address, char* text, std::size_t size)
{
    if (family != AF_INET && family != AF_INET6) {
        fail_with(WSAEAFNOSUPPORT);
        return nullptr;
    }
    return libc_inet_ntop(family == AF_INET6 ? libc_ipv6 : AF_INET, address, text, static_cast<unsigned>(size));
}

std::uint16_t htons(std::uint16_t value)
{
    return static_cast<std::uint16_t>((value << 8) | (value >> 8));
}

std::uint16_t ntohs(std::uint16_t value)
{
    return htons(value);
}
