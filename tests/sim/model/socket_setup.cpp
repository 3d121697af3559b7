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
#include "mswsock.h"

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
    socket.stream = &new_connection();
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

// ---- AcceptEx, ConnectEx ---------------------------------------------------------------------------

constexpr DWORD beyond_address = 16;

connection& asking_of(tcp_socket& socket)
{
    if (socket.asking == nullptr) {
        socket.asking = &new_connection();
    }
    return *socket.asking;
}

void become_accepted(tcp_socket& socket)
{
    connect_to_new_peer(socket);
    socket.has_old_context = true;
}

// The oldest that waits; false if none does.
bool give_to_accept_ex(tcp_socket& listener)
{
    if (listener.asking == nullptr || listener.asking->receives.empty()) {
        return false;
    }
    const std::shared_ptr<operation> first = listener.asking->receives.front();
    listener.asking->receives.pop_front();
    become_accepted(socket_of(first->accepting, "AcceptEx"));
    end_operation(*first, NO_ERROR, 0);
    return true;
}

// It may have been cancelled meanwhile.
void end_connect_ex(tcp_socket& socket)
{
    if (socket.asking->receives.empty()) {
        return;
    }
    const std::shared_ptr<operation> first = socket.asking->receives.front();
    socket.asking->receives.pop_front();
    if (socket.connect_error == NO_ERROR) {
        become_accepted(socket);
    }
    end_operation(*first, socket.connect_error == NO_ERROR ? NO_ERROR : DWORD{ERROR_CONNECTION_REFUSED}, 0);
}

// Whether a connect that was begun has come to its end by now.
bool has_ended(tcp_socket& socket)
{
    if (!socket.connecting || now_ms() < socket.connect_end) {
        return !socket.connecting;
    }
    socket.connecting = false;
    if (socket.asking != nullptr) {
        end_connect_ex(socket);
        return true;
    }
    if (socket.connect_error == NO_ERROR) {
        connect_to_new_peer(socket);
    }
    tell_event(socket, FD_CONNECT);
    return true;
}

int update_context(tcp_socket& socket, int option, const char* value, int length) noexcept
{
    if (!socket.has_old_context) {
        breach("setsockopt: the context of a socket that has none of the kind, or the new one already");
    }
    // The connection may be lost by now.
    if (const DWORD code = fault("setsockopt", {WSAENOPROTOOPT, WSAENOTCONN, WSAENETDOWN})) {
        return refuse(code);
    }
    if (option == SO_UPDATE_ACCEPT_CONTEXT) {
        SOCKET listener = INVALID_SOCKET;
        if (length != static_cast<int>(sizeof listener)) {
            return refuse(WSAEFAULT);
        }
        std::memcpy(&listener, value, sizeof listener);
        if (!socket_of(listener, "SO_UPDATE_ACCEPT_CONTEXT").listening) {
            return refuse(WSAEINVAL);
        }
    }
    socket.has_old_context = false;
    return succeed();
}

// What such a call returns.
BOOL as_answer(int result) noexcept
{
    return result == 0 ? TRUE : FALSE;
}

constexpr std::initializer_list<DWORD> ends_of_asking = {
    ERROR_NETNAME_DELETED, ERROR_OPERATION_ABORTED, ERROR_SEM_TIMEOUT, ERROR_UNEXP_NET_ERR, ERROR_NO_SYSTEM_RESOURCES};

BOOL WINAPI accept_ex(SOCKET number, SOCKET accepting, PVOID room, DWORD data_size, DWORD local_size, DWORD remote_size,
                      LPDWORD received, LPOVERLAPPED overlapped) // NOLINT(readability-non-const-parameter)
{
    const system_call here("AcceptEx", number, accepting);
    tcp_socket& listener = socket_of(number, "AcceptEx");
    tcp_socket& made = socket_of(accepting, "AcceptEx");
    const DWORD needed = sizeof(sockaddr_in6) + beyond_address;
    if (!listener.listening || made.is_bound || made.stream != nullptr || made.io != nullptr || room == nullptr ||
        data_size != 0 || local_size < needed || remote_size < needed || received == nullptr) {
        breach("AcceptEx: sockets or room that it does not take");
    }
    if (const DWORD code = fault("AcceptEx", {WSAECONNRESET, WSAENOBUFS, WSAEINVAL})) {
        return as_answer(refuse(code));
    }
    const std::shared_ptr<operation> started = describe(listener, overlapped);
    started->accepting = accepting;
    if (const DWORD code = fault("accept completes", ends_of_asking)) {
        end_operation(*started, code, 0);
    } else if (listener.backlog != 0) {
        --listener.backlog;
        become_accepted(made);
        end_operation(*started, NO_ERROR, 0);
    } else {
        asking_of(listener).receives.push_back(started);
    }
    return as_answer(taken_on(listener, *started));
}

BOOL WINAPI connect_ex(SOCKET number, const sockaddr* address, int, PVOID, DWORD, LPDWORD, LPOVERLAPPED overlapped)
{
    const system_call here("ConnectEx", number, static_cast<std::uint64_t>(address->sa_data[0]));
    tcp_socket& socket = socket_of(number, "ConnectEx");
    if (!socket.is_bound || socket.stream != nullptr || socket.connecting || address->sa_family != socket.family) {
        breach("ConnectEx: a socket that it does not take");
    }
    if (const DWORD code = fault("ConnectEx", {WSAENOBUFS, WSAECONNREFUSED, WSAENETUNREACH})) {
        return as_answer(refuse(code));
    }
    const std::shared_ptr<operation> started = describe(socket, overlapped);
    const char answer = address->sa_data[0];
    if (const DWORD code = fault("connect completes", ends_of_asking)) {
        end_operation(*started, code, 0);
    } else if (answer == answers_at_once || answer == is_ipv6) {
        become_accepted(socket);
        end_operation(*started, NO_ERROR, 0);
    } else {
        asking_of(socket).receives.push_back(started);
        socket.connecting = true;
        socket.connect_error = answer == refuses ? WSAECONNREFUSED : NO_ERROR;
        socket.connect_end = answer == never_answers ? for_ever : now_ms() + the_machine().dice.below(most_connect_ms);
    }
    return as_answer(taken_on(socket, *started));
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

bool peer_connects(bool lost, std::uint32_t which)
{
    const system_call here("(a peer connects)");
    for (std::uintptr_t number = 4; number < 400; number += 4) {
        tcp_socket* const socket = find_socket(number);
        if (socket == nullptr || !socket->listening || which-- != 0) {
            continue;
        }
        if (give_to_accept_ex(*socket)) {
            return true;
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

int WSAIoctl(SOCKET number, DWORD command, LPVOID in, DWORD in_size, LPVOID out, DWORD, LPDWORD written, LPOVERLAPPED,
             void*)
{
    const system_call here("WSAIoctl", number);
    (void)socket_of(number, "WSAIoctl");
    if (command != SIO_GET_EXTENSION_FUNCTION_POINTER || written == nullptr) {
        breach("WSAIoctl: not simulated");
    }
    if (const DWORD code = fault("WSAIoctl", {WSAENETDOWN, WSAENOBUFS})) {
        return refuse(code);
    }
    constexpr GUID of_accept = WSAID_ACCEPTEX;
    constexpr GUID of_connect = WSAID_CONNECTEX;
    if (in_size == sizeof(GUID) && std::memcmp(in, &of_accept, sizeof of_accept) == 0) {
        const LPFN_ACCEPTEX function = accept_ex;
        std::memcpy(out, &function, sizeof function);
    } else if (in_size == sizeof(GUID) && std::memcmp(in, &of_connect, sizeof of_connect) == 0) {
        const LPFN_CONNECTEX function = connect_ex;
        std::memcpy(out, &function, sizeof function);
    } else {
        return refuse(WSAEINVAL);
    }
    *written = sizeof(FARPROC);
    return succeed();
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
    if (level == SOL_SOCKET && (option == SO_UPDATE_ACCEPT_CONTEXT || option == SO_UPDATE_CONNECT_CONTEXT)) {
        return update_context(socket, option, value, length);
    }
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
    if (is_unknown(level, option) || (level == IPPROTO_IPV6 && socket.family != AF_INET6)) {
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
    const tcp_socket& socket = socket_of(number, call);
    if (socket.stream == nullptr || socket.stream->reset || socket.has_old_context) {
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

// Of one that listens: where it is bound.
static int get_bound_name(const tcp_socket& socket, sockaddr* address, int* length)
{
    if (const DWORD code = fault("getsockname", {WSAENETDOWN})) {
        return refuse(code);
    }
    const int size = static_cast<int>(socket.family == AF_INET6 ? sizeof(sockaddr_in6) : sizeof(sockaddr_in));
    if (*length < size) {
        return refuse(WSAEFAULT);
    }
    std::memset(address, 0, static_cast<std::size_t>(size));
    write_address(socket.family == AF_INET6 ? is_ipv6 : is_loopback, socket.family, *address);
    reinterpret_cast<sockaddr_in*>(address)->sin_port = socket.port;
    *length = size;
    return succeed();
}

int getsockname(SOCKET number, sockaddr* address, int* length)
{
    const system_call here("getsockname", number);
    const tcp_socket& socket = socket_of(number, "getsockname");
    return socket.listening ? get_bound_name(socket, address, length)
                            : get_name(number, "getsockname", 1, address, length);
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
    if (const DWORD code = fault("bind", {WSAEADDRINUSE, WSAENOBUFS, WSAEADDRNOTAVAIL, WSAEACCES})) {
        return refuse(code);
    }
    if (address->sa_family != socket.family) { // as documented; Wine 8 says 10045 or 10022
        return refuse(WSAEFAULT);
    }
    socket.port = reinterpret_cast<const sockaddr_in*>(address)->sin_port;
    if (socket.port != 0 && the_machine().how.ports_are_taken) {
        return refuse(WSAEADDRINUSE);
    }
    socket.is_bound = true;
    if (socket.port == 0) {
        socket.port = htons(static_cast<std::uint16_t>(49152 + the_machine().dice.below(1000)));
    }
    return succeed();
}

int listen(SOCKET number, int backlog)
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
    socket.room_asked_for = backlog;
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

int WSAPoll(WSAPOLLFD* asked, ULONG count, int timeout)
{
    const system_call here("WSAPoll", asked->fd);
    if (count != 1 || timeout != 0 || asked->events != POLLRDNORM) {
        breach("WSAPoll: only what a connection is like now is simulated");
    }
    if (const DWORD code = fault("WSAPoll", {WSAENOBUFS})) {
        return refuse(code);
    }
    const tcp_socket& socket = socket_of(asked->fd, "WSAPoll");
    asked->revents = POLLHUP;
    if (socket.stream->reset) {
        asked->revents = POLLERR | POLLHUP;
    }
    return 1;
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
