// Ends whatever the system has of a socket. Without that, a pending send to a peer that does not read would outlive
// the socket on Wine.
//
// Wine 10's CancelIoEx may miss an operation that is just moving (one or two of a hundred), which then does not end by
// itself; so there it is repeated until the system has none. Windows' own misses none: what it does not find has ended,
// or was cancelled before. There nobody may ask whether an operation is pending, either: of one that has no event the
// status is not written before a thread of the pool takes its completion, and that thread may be the one that asks.
#pragma once

#include "win32/system/win.hpp"
#include "win32/system/wine.hpp"

namespace async_socket::win32 {

// Whether the system still has an operation of the socket's, behind a cancel that was to end it.
struct pending_question {
    bool (*ask)(void* context) = nullptr; // null: nobody knows of any
    void* context = nullptr;

    [[nodiscard]] bool answer() const noexcept { return ask != nullptr && is_wine() && ask(context); }
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
    return CancelIoEx(reinterpret_cast<HANDLE>(socket), &overlapped) != FALSE || !is_wine();
}

} // namespace async_socket::win32
