// Ends whatever the system has of a socket. Without that, a pending send to a peer that does not read would outlive
// the socket on Wine. CancelIoEx may miss an operation that is just moving (Wine 10, one or two of a hundred), which
// then does not end by itself; so it is repeated until the system has none.
#pragma once

#include "win32/system/win.hpp"

namespace async_socket::win32 {

// Whether the system still has an operation of the socket's.
struct pending_question {
    bool (*ask)(void* context) = nullptr; // null: nobody knows of any
    void* context = nullptr;

    [[nodiscard]] bool answer() const noexcept { return ask != nullptr && ask(context); }
};

inline void cancel_all(SOCKET socket, const pending_question& question) noexcept
{
    (void)CancelIoEx(reinterpret_cast<HANDLE>(socket), nullptr);
    while (question.answer()) {
        Sleep(1);
        (void)CancelIoEx(reinterpret_cast<HANDLE>(socket), nullptr);
    }
}

// The same for a single one, which has to be repeated by whoever wants its end while it is pending. False: missed, or
// the system has it no more.
[[nodiscard]] inline bool cancel_one(SOCKET socket, OVERLAPPED& overlapped) noexcept
{
    return CancelIoEx(reinterpret_cast<HANDLE>(socket), &overlapped) != FALSE;
}

} // namespace async_socket::win32
