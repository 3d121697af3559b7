#include <winsock2.h>
#include <ws2tcpip.h>

#include <windows.h>

#include <algorithm>
#include <array>
#include <stdexcept>
#include <string_view>

#include "peer.hpp"

namespace contract {

namespace {

struct winsock {
    winsock()
    {
        WSADATA data;
        if (WSAStartup(MAKEWORD(2, 2), &data) != 0) {
            throw std::runtime_error("WSAStartup");
        }
    }
};

SOCKET raw(SOCKET_HANDLE handle)
{
    return reinterpret_cast<SOCKET>(handle);
}

SOCKET_HANDLE wrap(SOCKET socket)
{
    return reinterpret_cast<SOCKET_HANDLE>(socket);
}

SOCKET checked(SOCKET socket)
{
    if (socket == INVALID_SOCKET) {
        throw std::runtime_error("no socket: error " + std::to_string(WSAGetLastError()));
    }
    return socket;
}

SOCKET tcp_socket()
{
    return checked(WSASocketW(AF_INET, SOCK_STREAM, IPPROTO_TCP, nullptr, 0, WSA_FLAG_OVERLAPPED));
}

// A bound UDP socket, and its address.
SOCKET udp_socket(sockaddr_in& address)
{
    const SOCKET socket = checked(WSASocketW(AF_INET, SOCK_DGRAM, IPPROTO_UDP, nullptr, 0, WSA_FLAG_OVERLAPPED));
    address = {};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int length = sizeof address;
    auto* const any = reinterpret_cast<sockaddr*>(&address);
    if (bind(socket, any, length) != 0 || getsockname(socket, any, &length) != 0) {
        throw std::runtime_error("no UDP address: error " + std::to_string(WSAGetLastError()));
    }
    return socket;
}

} // namespace

int peer::send_some(const void* data, std::size_t size) const
{
    return ::send(raw(socket_), static_cast<const char*>(data), static_cast<int>(size), 0);
}

int peer::receive_some(void* data, std::size_t size) const
{
    return ::recv(raw(socket_), static_cast<char*>(data), static_cast<int>(size), 0);
}

void linger_at_close(SOCKET_HANDLE socket, int seconds)
{
    const linger time{1, static_cast<u_short>(seconds)};
    if (setsockopt(raw(socket), SOL_SOCKET, SO_LINGER, reinterpret_cast<const char*>(&time), sizeof time) != 0) {
        throw std::runtime_error("setsockopt: error " + std::to_string(WSAGetLastError()));
    }
}

void close_with_reset(SOCKET_HANDLE socket)
{
    linger_at_close(socket, 0);
    close_socket(socket);
}

loopback_pair connect_pair()
{
    static const winsock started;
    const SOCKET listener = tcp_socket();
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int length = sizeof address;
    auto* const any = reinterpret_cast<sockaddr*>(&address);
    const bool listening =
        bind(listener, any, length) == 0 && listen(listener, 1) == 0 && getsockname(listener, any, &length) == 0;
    const SOCKET near_end = tcp_socket();
    if (!listening || connect(near_end, any, length) != 0) {
        throw std::runtime_error("no connection: error " + std::to_string(WSAGetLastError()));
    }
    const SOCKET far_end = checked(accept(listener, nullptr, nullptr));
    closesocket(listener);
    return {wrap(near_end), peer(wrap(far_end))};
}

peer connect_to(const void* address, std::size_t size)
{
    static const winsock started;
    const auto* const any = static_cast<const sockaddr*>(address);
    const SOCKET made = checked(socket(any->sa_family, SOCK_STREAM, IPPROTO_TCP));
    peer owner(wrap(made));
    if (connect(made, any, static_cast<int>(size)) != 0) {
        throw std::runtime_error("no connection: error " + std::to_string(WSAGetLastError()));
    }
    return owner;
}

plain_listener::plain_listener(int backlog) : socket_()
{
    static const winsock started;
    const SOCKET made = tcp_socket();
    socket_ = wrap(made);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int length = sizeof address;
    auto* const any = reinterpret_cast<sockaddr*>(&address);
    if (bind(made, any, length) != 0 || getsockname(made, any, &length) != 0 ||
        (backlog >= 0 && listen(made, backlog) != 0)) {
        throw std::runtime_error("cannot listen: error " + std::to_string(WSAGetLastError()));
    }
    port_ = ntohs(address.sin_port);
}

plain_listener::~plain_listener()
{
    close_socket(socket_);
}

peer plain_listener::accept() const
{
    return peer(wrap(checked(::accept(raw(socket_), nullptr, nullptr))));
}

loopback_pair connect_datagram_pair()
{
    static const winsock started;
    sockaddr_in near_address;
    sockaddr_in far_address;
    const SOCKET near_end = udp_socket(near_address);
    const SOCKET far_end = udp_socket(far_address);
    if (connect(near_end, reinterpret_cast<sockaddr*>(&far_address), sizeof far_address) != 0 ||
        connect(far_end, reinterpret_cast<sockaddr*>(&near_address), sizeof near_address) != 0) {
        throw std::runtime_error("no UDP connection: error " + std::to_string(WSAGetLastError()));
    }
    return {wrap(near_end), peer(wrap(far_end))};
}

void limit_buffers(SOCKET_HANDLE socket, int size)
{
    for (const int direction : {SO_SNDBUF, SO_RCVBUF}) {
        if (setsockopt(raw(socket), SOL_SOCKET, direction, reinterpret_cast<const char*>(&size), sizeof size) != 0) {
            throw std::runtime_error("setsockopt: error " + std::to_string(WSAGetLastError()));
        }
    }
}

void shut_down_sending(SOCKET_HANDLE socket)
{
    (void)::shutdown(raw(socket), SD_SEND);
}

void shut_down_receiving(SOCKET_HANDLE socket)
{
    (void)::shutdown(raw(socket), SD_RECEIVE);
}

bool resets_look_like_ends()
{
    return true;
}

bool has_local_addresses()
{
    return false;
}

bool has_linux_options()
{
    return false;
}

bool shut_down_receives_are_refused()
{
    return true;
}

void cancel_pending(SOCKET_HANDLE socket)
{
    (void)CancelIoEx(socket, nullptr);
}

int last_error()
{
    return WSAGetLastError();
}

void set_last_error(int code)
{
    WSASetLastError(code);
}

int reset_error()
{
    return WSAECONNRESET;
}

void* memory_before_a_gap(std::size_t size)
{
    constexpr std::size_t page = 4096;
    const std::size_t usable = (size + page - 1) / page * page;
    auto* const start = static_cast<unsigned char*>(VirtualAlloc(nullptr, usable + page, MEM_RESERVE, PAGE_NOACCESS));
    if (start == nullptr || VirtualAlloc(start, usable, MEM_COMMIT, PAGE_READWRITE) == nullptr) {
        throw std::runtime_error("VirtualAlloc");
    }
    return start + usable - size;
}

void close_socket(SOCKET_HANDLE socket)
{
    (void)closesocket(raw(socket));
}

SOCKET_HANDLE invalid_socket()
{
    return wrap(INVALID_SOCKET);
}

std::vector<SOCKET_HANDLE> invalid_sockets()
{
    return {nullptr, invalid_socket()};
}

bool is_fast_run()
{
    std::array<wchar_t, 8> mode{};
    const DWORD length =
        GetEnvironmentVariableW(L"ASYNC_SOCKET_TEST_MODE", mode.data(), static_cast<DWORD>(mode.size()));
    return std::wstring_view(mode.data(), length < mode.size() ? length : 0) == L"fast";
}

bool may_have_handles(std::size_t /*count*/)
{
    return true; // memory is the limit
}

} // namespace contract
