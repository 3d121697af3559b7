#include "win32/system/winsock.hpp"

#include "core/common/log.hpp"
#include "win32/system/win.hpp"

namespace async_socket::win32 {

namespace {

BOOL CALLBACK start(PINIT_ONCE /*once*/, PVOID /*parameter*/, PVOID* /*context*/) noexcept
{
    WSADATA data;
    const int error = WSAStartup(MAKEWORD(2, 2), &data);
    if (error != 0) {
        LOG_ERROR_CODE(error, "WSAStartup failed");
    }
    return error == 0 ? TRUE : FALSE;
}

} // namespace

bool start_winsock() noexcept
{
    static INIT_ONCE once = INIT_ONCE_STATIC_INIT;
    return InitOnceExecuteOnce(&once, start, nullptr, nullptr) != FALSE;
}

void close_socket(SOCKET socket) noexcept
{
    linger now{};
    int size = sizeof now;
    (void)getsockopt(socket, SOL_SOCKET, SO_LINGER, reinterpret_cast<char*>(&now), &size);
    if (now.l_onoff != 0 && now.l_linger != 0) { // without a time it makes the end a reset, and waits for nothing
        constexpr linger none{};
        (void)setsockopt(socket, SOL_SOCKET, SO_LINGER, reinterpret_cast<const char*>(&none), sizeof none);
    }
    (void)closesocket(socket);
}

} // namespace async_socket::win32
