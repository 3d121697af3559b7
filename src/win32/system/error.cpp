#include "win32/system/error.hpp"

#include <algorithm>
#include <iterator>
#include <span>
#include <utility>

#include "core/platform/backend.hpp"

namespace async_socket::win32 {

namespace {

// Of Wine only, and not in the SDK's headers.
constexpr ULONG error_handles_closed = 676; // where Windows says ERROR_NETNAME_DELETED or ERROR_CONNECTION_ABORTED
constexpr ULONG error_alerted = 739;        // it fell due when its thread was ending (wine.hpp)

using core::ending;
using meaning = std::pair<DWORD, ending>;

// Memory is out, or what stands for it; of completions and of calls.
constexpr DWORD shortages[] = {ERROR_NOT_ENOUGH_MEMORY, ERROR_OUTOFMEMORY,      ERROR_NO_SYSTEM_RESOURCES,
                               ERROR_WORKING_SET_QUOTA, ERROR_COMMITMENT_LIMIT, ERROR_NOT_ENOUGH_QUOTA};

constexpr meaning completions[] = {
    {NO_ERROR, ending::done},
    {ERROR_OPERATION_ABORTED, ending::cancelled},
    {error_alerted, ending::cancelled},
    {ERROR_NETNAME_DELETED, ending::reset},          // 42_001; or closed here, which core::socket::finish knows
    {ERROR_CONNECTION_ABORTED, ending::closed_here}, // 42_001
    {error_handles_closed, ending::closed_here},
    {ERROR_CONNECTION_REFUSED, ending::refused},
    {ERROR_SEM_TIMEOUT, ending::timed_out},
    {ERROR_NETWORK_UNREACHABLE, ending::unreachable},
    {ERROR_HOST_UNREACHABLE, ending::unreachable},
};

constexpr meaning refusals[] = {
    {NO_ERROR, ending::closed_here},        // the transport is not open
    {WSAENOTCONN, ending::closed_here},     // never connected
    {WSAESHUTDOWN, ending::closed_here},    // for sending
    {WSAECONNABORTED, ending::closed_here}, // by this machine
    {WSAECONNRESET, ending::reset},         // 42_002
    {WSAENOBUFS, ending::no_room},
    {WSAEMFILE, ending::no_room}, // of a new socket
    {WSAEAFNOSUPPORT, ending::not_available},
    {WSAEADDRNOTAVAIL, ending::unreachable}, // not one of this machine's
    {WSAENETUNREACH, ending::unreachable},   // of a connect
    {WSAEHOSTUNREACH, ending::unreachable},
    {WSAECONNREFUSED, ending::refused},
    {WSAETIMEDOUT, ending::timed_out},
    {WSAENETRESET, ending::timed_out}, // nobody has answered the questions of SO_KEEPALIVE
    {WSAENOPROTOOPT, ending::not_available},
    {WSAEOPNOTSUPP, ending::not_available},
};

// WSATRY_AGAIN is not among them: a server that does not answer says nothing about the name.
constexpr meaning lookups[] = {
    {NO_ERROR, ending::done},
    {WSAHOST_NOT_FOUND, ending::no_such_name},
    {WSANO_DATA, ending::no_such_name},        // there is such a host, without an address of this family
    {WSATYPE_NOT_FOUND, ending::no_such_name}, // a service
    {WSA_NOT_ENOUGH_MEMORY, ending::no_room},
    {WSAENOBUFS, ending::no_room},
};

ending find(std::span<const meaning> meanings, DWORD code) noexcept
{
    const auto found = std::ranges::find(meanings, code, &meaning::first);
    if (found != meanings.end()) {
        return found->second;
    }
    return std::ranges::find(shortages, code) != std::end(shortages) ? ending::no_room : ending::failed;
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

core::ending ending_of_lookup(int code) noexcept
{
    return find(lookups, static_cast<DWORD>(code));
}

bool is_reset(std::uint32_t code) noexcept
{
    return ending_of(code) == ending::reset || ending_of_refusal(code) == ending::reset;
}

bool is_abort(std::uint32_t code) noexcept
{
    return code == ERROR_CONNECTION_ABORTED || code == WSAECONNABORTED;
}

bool is_lost(ULONG io_result) noexcept
{
    return io_result == error_alerted;
}

} // namespace async_socket::win32

namespace async_socket::backend {

std::uint32_t code_of_stop(core::ending why) noexcept
{
    return why == core::ending::timed_out ? ERROR_TIMEOUT : ERROR_OPERATION_ABORTED;
}

} // namespace async_socket::backend
