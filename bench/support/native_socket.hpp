// The system's sockets under one name for both platforms.
#pragma once

#ifdef _WIN32
#include <winsock2.h>

// After winsock2.h, which it needs.
#include <ws2tcpip.h>
#else
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>
#endif

namespace bench {

#ifdef _WIN32
using native_socket = SOCKET;
using address_length = int;
constexpr native_socket no_socket = INVALID_SOCKET;
#else
using native_socket = int;
using address_length = socklen_t;
constexpr native_socket no_socket = -1;
#endif

void close_socket(native_socket socket) noexcept;

} // namespace bench
