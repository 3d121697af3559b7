#include "win32/system/error.hpp"

#include <cstddef>

namespace async_socket::win32 {

namespace {

// Not in the SDK's headers, and of Wine only. The handle was closed here; Windows says ERROR_NETNAME_DELETED or
// ERROR_CONNECTION_ABORTED.
constexpr ULONG error_handles_closed = 676;

// Of Wine, too (wine.hpp): it fell due when its thread was ending.
constexpr ULONG error_alerted = 739;

struct meaning {
    DWORD code;
    core::ending how;
};

constexpr meaning completions[] = {
    {NO_ERROR, core::ending::done},
    {ERROR_OPERATION_ABORTED, core::ending::cancelled},
    {error_alerted, core::ending::cancelled},
    // 42_001. It may also say that the handle was closed here; the socket knows (core::socket::finish).
    {ERROR_NETNAME_DELETED, core::ending::reset},
    {ERROR_CONNECTION_ABORTED, core::ending::closed_here}, // 42_001
    {error_handles_closed, core::ending::closed_here},
    {ERROR_SEM_TIMEOUT, core::ending::timed_out},
    {ERROR_CONNECTION_REFUSED, core::ending::refused},
    {ERROR_NETWORK_UNREACHABLE, core::ending::unreachable},
    {ERROR_HOST_UNREACHABLE, core::ending::unreachable},
    {ERROR_PORT_UNREACHABLE, core::ending::unreachable},
    {ERROR_NOT_ENOUGH_MEMORY, core::ending::no_room},
    {ERROR_NO_SYSTEM_RESOURCES, core::ending::no_room},
    {ERROR_WORKING_SET_QUOTA, core::ending::no_room},
};

constexpr meaning refusals[] = {
    {NO_ERROR, core::ending::closed_here}, // the transport is not open
    {WSAENOTCONN, core::ending::closed_here}, {WSAECONNABORTED, core::ending::closed_here},
    {WSAECONNRESET, core::ending::reset}, // 42_002
    {WSAENOBUFS, core::ending::no_room},      {WSA_NOT_ENOUGH_MEMORY, core::ending::no_room},
};

template <std::size_t count>
core::ending find(const meaning (&meanings)[count], DWORD code) noexcept
{
    for (const meaning& each : meanings) {
        if (each.code == code) {
            return each.how;
        }
    }
    return core::ending::failed;
}

} // namespace

core::ending ending_of(ULONG io_result) noexcept
{
    return find(completions, io_result);
}

core::ending ending_of_refusal(DWORD error) noexcept
{
    return find(refusals, error);
}

bool is_lost(ULONG io_result) noexcept
{
    return io_result == error_alerted;
}

} // namespace async_socket::win32
