#include "handle_count.hpp"

#include <winsock2.h> // before windows.h, for all who include both

#include <windows.h>

namespace async_socket::test {

// Tries the values that a handle can have: Windows and Wine give the lowest free multiple of four, roughly.
// GetProcessHandleCount would be simpler, but is always 0 on Wine; and asking for the list of all handles of
// the system (NtQuerySystemInformation) was seen to crash Wine's server.
std::size_t open_handles()
{
    constexpr std::size_t longest_gap = 2048;
    std::size_t open = 0;
    std::size_t gap = 0;
    for (ULONG_PTR value = 4; gap < longest_gap; value += 4) {
        DWORD flags = 0;
        if (GetHandleInformation(reinterpret_cast<HANDLE>(value), &flags) != 0) {
            ++open;
            gap = 0;
        } else {
            ++gap;
        }
    }
    return open;
}

} // namespace async_socket::test
