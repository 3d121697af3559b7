#include "win32/error.hpp"

namespace async_socket::win32 {

namespace {

// Not in the SDK's headers. Wine's way to say that the handle was closed here, where Windows says
// ERROR_NETNAME_DELETED or ERROR_CONNECTION_ABORTED.
constexpr ULONG error_handles_closed = 676;

} // namespace

core::ending ending_of(ULONG io_result) noexcept
{
    switch (io_result) {
    case NO_ERROR:
        return core::ending::success;
    case ERROR_OPERATION_ABORTED:
        return core::ending::cancelled;
    case ERROR_NETNAME_DELETED:    // 42_001
    case ERROR_CONNECTION_ABORTED: // 42_001
    case error_handles_closed:
        return core::ending::disconnected;
    default:
        return core::ending::failed;
    }
}

} // namespace async_socket::win32
