#include "win32/socket/extension.hpp"

namespace async_socket::win32 {

namespace {

template <typename Function>
Function find(SOCKET socket, GUID name) noexcept
{
    Function found = nullptr;
    DWORD size = 0;
    const int result = WSAIoctl(socket, SIO_GET_EXTENSION_FUNCTION_POINTER, &name, sizeof name, &found, sizeof found,
                                &size, nullptr, nullptr);
    return result == 0 ? found : nullptr;
}

} // namespace

LPFN_ACCEPTEX accept_ex_of(SOCKET socket) noexcept
{
    return find<LPFN_ACCEPTEX>(socket, WSAID_ACCEPTEX);
}

LPFN_CONNECTEX connect_ex_of(SOCKET socket) noexcept
{
    return find<LPFN_CONNECTEX>(socket, WSAID_CONNECTEX);
}

} // namespace async_socket::win32
