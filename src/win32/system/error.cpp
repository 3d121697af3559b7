#include "win32/system/error.hpp"

namespace async_socket::win32 {

namespace {

// Not in the SDK's headers, and of Wine only. The handle was closed here; Windows says ERROR_NETNAME_DELETED or
// ERROR_CONNECTION_ABORTED.
constexpr ULONG error_handles_closed = 676;

// Of Wine, too (wine.hpp): it fell due when its thread was ending.
constexpr ULONG error_alerted = 739;

} // namespace

core::ending ending_of(ULONG io_result) noexcept
{
    switch (io_result) {
    case NO_ERROR:
        return core::ending::success;
    case ERROR_OPERATION_ABORTED:
    case error_alerted:
        return core::ending::cancelled;
    case ERROR_NETNAME_DELETED:    // 42_001
    case ERROR_CONNECTION_ABORTED: // 42_001
    case error_handles_closed:
        return core::ending::disconnected;
    default:
        return core::ending::failed;
    }
}

bool is_lost(ULONG io_result) noexcept
{
    return io_result == error_alerted;
}

} // namespace async_socket::win32
